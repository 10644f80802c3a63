"""S3 of the test catalogue: what a thief has, and that no presentation comes of it; each kind with its control.

The thief may hold the phone's storage, its tokens, its old codes, the owner's number or a used slip. What counts is the
number of accepted presentations: none.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from factories.holders import PIN, JsonPhone, redeem
from factories.house import TestHouse, id_of, uscc_of
from zhizhao.kernel.actor import Actor, ActorKind
from zhizhao.kernel.errors import ZhizhaoError
from zhizhao.wallet.lose_at_window import lose_at_window
from zhizhao.wallet.proving.make_slip import Applicant

Phones = Callable[[], JsonPhone]
WRONG = "935027"


async def presentations(house: TestHouse, phone: JsonPhone, uscc: str) -> int:
    """Try to show and to have it read; return how many presentations were accepted."""
    shown = await phone.show(uscc)
    return 0 if shown.status_code != 201 else await read(house, shown.json()["code"])


async def read(house: TestHouse, code: str) -> int:
    """Have a code read at a counter; return how many presentations were accepted."""
    client = (await house.client()).client
    try:
        done = await redeem(house, client.client_id, code)
    except ZhizhaoError:
        return 0
    return int(done.presentation.verdict.value == "accepted")


async def test_control_the_owner_shows(holders: TestHouse, phone_of: Phones) -> None:
    """The control: with the owner's phone and PIN every presentation below would be accepted."""
    phone = phone_of()
    assert await presentations(holders, phone, await phone.ready()) == 1


class TestLockedPhone:
    """The thief holds the phone and not the PIN."""

    @pytest.mark.parametrize("guess", [WRONG, "000000", "", "28041", "2804170", " 280417", "280418"])
    async def test_guess(self, holders: TestHouse, phone_of: Phones, guess: str) -> None:
        """A wrong PIN gives no token that shows."""
        phone = phone_of()
        uscc = await phone.ready()
        answer = await phone.ask("POST", "/unlock", {"pin": guess}, token=False)
        assert answer.json()["code"] == "pin-wrong"
        phone.token = (await phone.ask("POST", "/token", token=False)).json()["access_token"]
        assert await presentations(holders, phone, uscc) == 0

    async def test_out_of_tries(self, holders: TestHouse, phone_of: Phones) -> None:
        """After the last try not even the right PIN opens: only proving the person does."""
        phone = phone_of()
        uscc = await phone.ready()
        for _ in range(5):
            await phone.ask("POST", "/unlock", {"pin": WRONG}, token=False)
            async with holders.parts.database.write() as connection:
                await connection.exec_driver_sql("UPDATE wallet_device SET next_try_at = 0")
        assert (await phone.ask("POST", "/unlock", {"pin": PIN}, token=False)).json()["code"] == "pin-locked"
        phone.token = (await phone.ask("POST", "/token", token=False)).json()["access_token"]
        assert await presentations(holders, phone, uscc) == 0

    async def test_new_pin_without_the_owner(self, holders: TestHouse, phone_of: Phones) -> None:
        """A proof of the thief's own person sets no PIN on the owner's phone, nor does a made-up proof."""
        phone = phone_of()
        uscc = await phone.ready()
        own = await phone.prove(await holders._slip(8), id_of(8))
        for proof in (own, "prf_0000000000000000000000"):
            answer = await phone.ask("POST", "/pin/reset", {"proof": proof, "pin": "604913"}, token=False)
            assert answer.json()["code"] in {"person-mismatch", "proof-needed"}
        phone.token = None
        assert await presentations(holders, phone, uscc) == 0

    async def test_the_unlock_ends(self, holders: TestHouse, phone_of: Phones) -> None:
        """A token of an unlock five minutes ago shows nothing any more."""
        phone = phone_of()
        uscc = await phone.ready()
        holders.parts.clock.offset += timedelta(seconds=holders.parts.settings.unlock_seconds + 1)
        assert (await phone.show(uscc)).json()["code"] == "wallet-token-refused"
        assert await presentations(holders, phone, uscc) == 0


class TestCopiedStore:
    """The thief copied what the phone stores; the key itself cannot be copied."""

    async def test_token_and_face_on_another_phone(self, holders: TestHouse, phone_of: Phones) -> None:
        """The unlocked token of the owner under the thief's key."""
        phone, thief = phone_of(), phone_of()
        uscc = await phone.ready()
        thief.token = phone.token
        assert await presentations(holders, thief, uscc) == 0

    async def test_token_without_a_key(self, holders: TestHouse, phone_of: Phones) -> None:
        """The token as a bearer token."""
        phone = phone_of()
        uscc = await phone.ready()
        path = f"/wallet/api/licences/{uscc}/show"
        for scheme in ("Bearer", "DPoP"):
            headers = {"authorization": f"{scheme} {phone.token}"}
            assert (await phone.client.post(path, headers=headers, json={})).status_code == 401
        assert holders

    async def test_recorded_request(self, holders: TestHouse, phone_of: Phones) -> None:
        """A whole request of the owner, sent again, and its proof moved to another route."""
        phone = phone_of()
        uscc = await phone.ready()
        assert (await phone.ask("POST", f"/licences/{uscc}/show", {}, jti="seen")).status_code == 201
        assert (await phone.ask("POST", f"/licences/{uscc}/show", {}, jti="seen")).json()["code"] == "dpop-replayed"
        base = holders.parts.settings.base_url
        other = phone.key.proof("GET", f"{base}/wallet/api/licences", at=holders.parts.clock.now(), token=phone.token)
        headers = {"dpop": other, "authorization": f"DPoP {phone.token}"}
        answer = await phone.client.post(f"/wallet/api/licences/{uscc}/show", headers=headers, json={})
        assert answer.json()["code"] == "dpop-refused"

    async def test_proofs_made_ahead(self, holders: TestHouse, phone_of: Phones) -> None:
        """Proofs that a thief let the phone sign for tomorrow are refused today, and today's tomorrow."""
        phone = phone_of()
        uscc = await phone.ready()
        url = f"{holders.parts.settings.base_url}/wallet/api/licences/{uscc}/show"
        for hours in (-24, 24):
            at = holders.parts.clock.now() + timedelta(hours=hours)
            headers = {
                "dpop": phone.key.proof("POST", url, at=at, token=phone.token),
                "authorization": f"DPoP {phone.token}",
            }
            answer = await phone.client.post(f"/wallet/api/licences/{uscc}/show", headers=headers, json={})
            assert answer.json()["code"] == "dpop-out-of-time"


class TestOldPhone:
    """The phone was sold, replaced or reported."""

    async def _after(
        self, house: TestHouse, phone: JsonPhone, uscc: str, act: Callable[[], Awaitable[Any]]
    ) -> tuple[int, int]:
        """Show a code, act, and return how many presentations that code and a new one give."""
        before = (await phone.show(uscc)).json()["code"]
        await act()
        return await read(house, before), await presentations(house, phone, uscc)

    async def test_after_transfer(self, holders: TestHouse, phone_of: Phones) -> None:
        """A new phone kills the old one's codes on the screen and its tokens."""
        old, new = phone_of(), phone_of()
        uscc = await old.ready()

        async def transfer() -> None:
            await new.enrol(await holders._slip(7), id_of(7))

        assert await self._after(holders, old, uscc, transfer) == (0, 0)

    async def test_after_signing_off(self, holders: TestHouse, phone_of: Phones) -> None:
        """A device that was signed off, by itself."""
        phone = phone_of()
        uscc = await phone.ready()
        device = (await phone.ask("GET", "/devices")).json()["devices"][0]["id"]

        async def sign_off() -> None:
            await phone.ask("POST", f"/devices/{device}/revoke", {"pin": PIN})

        assert await self._after(holders, phone, uscc, sign_off) == (0, 0)

    async def test_after_the_loss_page(self, holders: TestHouse, phone_of: Phones) -> None:
        """The owner reported it from another browser."""
        phone = phone_of()
        uscc = await phone.ready()

        async def report() -> None:
            page = await phone.client.get("/wallet/lost")
            token = page.text.split('name="_csrf_token" value="')[1].split('"')[0]
            form = {"way": "slip", "slip": await holders._slip(7), "id_number": id_of(7), "_csrf_token": token}
            cookie = page.headers["set-cookie"].split(";")[0]
            headers = {"cookie": cookie, "origin": "http://localhost:8420"}
            answer = await phone.client.post("/wallet/lost", data=form, headers=headers)
            assert 'data-frozen="1"' in answer.text

        assert await self._after(holders, phone, uscc, report) == (0, 0)

    async def test_after_the_window(self, holders: TestHouse, phone_of: Phones) -> None:
        """A clerk froze it after checking the papers."""
        phone = phone_of()
        uscc = await phone.ready()
        parts = holders.parts

        async def report() -> None:
            async with parts.database.write() as connection:
                person = await parts.wallets.person_by_document(
                    connection, parts.sealer.lookup_document("id_card", id_of(7))
                )
                assert person is not None
                await lose_at_window(
                    connection,
                    Applicant(name=person.name, document_number=id_of(7)),
                    actor=Actor(ActorKind.STAFF, "acc_1"),
                    store=parts.wallets,
                    sealer=parts.sealer,
                    ledger=parts.ledger,
                    outbox=parts.outbox,
                    clock=parts.clock,
                )

        assert await self._after(holders, phone, uscc, report) == (0, 0)

    async def test_after_a_freeze_by_the_owner(self, holders: TestHouse, phone_of: Phones) -> None:
        """The licence itself was frozen."""
        phone = phone_of()
        uscc = await phone.ready()

        async def freeze() -> None:
            await phone.ask("POST", f"/licences/{uscc}/freeze")

        assert await self._after(holders, phone, uscc, freeze) == (0, 0)

    async def test_cap(self, holders: TestHouse, phone_of: Phones) -> None:
        """However many phones a person registers, one shows."""
        phones = [phone_of() for _ in range(4)]
        uscc = await phones[0].ready()
        for phone in phones[1:]:
            await phone.enrol(await holders._slip(7), id_of(7))
            await phone.ask("POST", f"/licences/{uscc}/download", {"declaration": "2026-11"})
        assert [await presentations(holders, phone, uscc) for phone in phones] == [0, 0, 0, 1]


class TestOwnersPapers:
    """The thief knows the number, or found a slip."""

    async def test_used_slip(self, holders: TestHouse, phone_of: Phones) -> None:
        """A slip on the floor behind its owner."""
        phone, thief = phone_of(), phone_of()
        await holders.entity(7)
        slip = await holders._slip(7)
        await phone.enrol(slip, id_of(7))
        answer = await thief.ask("POST", "/proofs", {"kind": "slip", "slip": slip, "id_number": id_of(7)}, token=False)
        assert answer.json()["code"] == "slip-used"
        assert await presentations(holders, thief, uscc_of(7)) == 0

    async def test_slip_without_the_number(self, holders: TestHouse, phone_of: Phones) -> None:
        """An unused slip, and five guesses at the number."""
        thief = phone_of()
        await holders.entity(7)
        slip = await holders._slip(7)
        codes = []
        for number in range(8, 14):
            body = {"kind": "slip", "slip": slip, "id_number": id_of(number)}
            codes.append((await thief.ask("POST", "/proofs", body, token=False)).json()["code"])
        assert codes == ["slip-mismatch"] * 4 + ["slip-void"] * 2
        assert await presentations(holders, thief, uscc_of(7)) == 0
