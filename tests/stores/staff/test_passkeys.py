"""Passkeys in each store: challenges work once, keys belong to one account, a moved counter is a clone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from factories.counters import plant_account, session_of
from factories.house import TestHouse
from zhizhao.app.wire_staff import Signing
from zhizhao.staff.account import Role
from zhizhao.staff.begin_passkey import begin_passkey
from zhizhao.staff.errors import LastWayIn, PasskeyRefused
from zhizhao.staff.passkey import Ceremony, Passkey, RelyingPartySite
from zhizhao.staff.session import Method
from zhizhao.trust.base64url import unb64url

SITE = RelyingPartySite("localhost", "http://localhost:8420", "示例")


def key(account_id: str, number: int = 1) -> Passkey:
    """Return a passkey."""
    return Passkey(
        credential_id=bytes([number]),
        account_id=account_id,
        public_key=b"cose",
        sign_count=5,
        label="窗口03",
        created_at=datetime(2026, 11, 23, tzinfo=UTC) + timedelta(minutes=number),
        used_at=None,
    )


class TestChallenges:
    """Single-use, for one ceremony and one account, for five minutes."""

    async def test_taken_once_and_only_as_given_out(self, house: TestHouse, move: Callable[[timedelta], None]) -> None:
        """Another ceremony, another account, a second time, too late: each is refused."""
        account = await plant_account(house)
        store, database = house.parts.staff, house.parts.database
        async with database.write() as tx:
            options = await begin_passkey(tx, account, site=SITE, store=store)
            challenge = unb64url(options["challenge"].encode())
            assert not await store.take_challenge(tx, challenge, ceremony=Ceremony.SIGN_IN, account_id=None)
            assert not await store.take_challenge(tx, challenge, ceremony=Ceremony.REGISTER, account_id="another")
            taken = [
                await store.take_challenge(tx, challenge, ceremony=Ceremony.REGISTER, account_id=account.account_id)
                for _ in range(2)
            ]
            assert taken == [True, False]
            late = await begin_passkey(tx, None, site=SITE, store=store)
        move(timedelta(minutes=5, seconds=1))
        async with database.write() as tx:
            challenge = unb64url(late["challenge"].encode())
            assert not await store.take_challenge(tx, challenge, ceremony=Ceremony.SIGN_IN, account_id=None)

    async def test_options_ask_for_the_user(self, house: TestHouse) -> None:
        """User verification and a resident key are required; known keys are excluded; signing in names no account."""
        account = await plant_account(house)
        async with house.parts.database.write() as tx:
            await house.parts.staff.add_passkey(tx, key(account.account_id))
            register = await begin_passkey(tx, account, site=SITE, store=house.parts.staff)
            sign_in = await begin_passkey(tx, None, site=SITE, store=house.parts.staff)
        assert register["authenticatorSelection"]["userVerification"] == "required"
        assert register["authenticatorSelection"]["residentKey"] == "required"
        assert len(register["excludeCredentials"]) == 1
        assert sign_in["userVerification"] == "required"
        assert sign_in["allowCredentials"] == []


class TestKeys:
    """Rows of keys."""

    async def test_one_account_each(self, house: TestHouse) -> None:
        """A credential id is kept once; another account cannot take it or remove it."""
        one, two = await plant_account(house), await plant_account(house, "li.wen")
        store = house.parts.staff
        async with house.parts.database.write() as tx:
            assert await store.add_passkey(tx, key(one.account_id))
            assert not await store.add_passkey(tx, key(two.account_id))
            assert not await store.remove_passkey(tx, two.account_id, credential_id=b"\x01")
            assert await store.passkeys(tx, one.account_id) == [key(one.account_id)]
            assert await store.passkeys(tx, two.account_id) == []

    async def test_a_counter_that_was_moved_meanwhile_is_seen(self, house: TestHouse) -> None:
        """Two uses from the same reading: the second finds the counter moved."""
        account = await plant_account(house)
        store = house.parts.staff
        async with house.parts.database.write() as tx:
            await store.add_passkey(tx, key(account.account_id))
            assert await store.use_passkey(tx, key(account.account_id), sign_count=6)
            assert not await store.use_passkey(tx, key(account.account_id), sign_count=6)
            kept = await store.passkey(tx, b"\x01")
        assert kept is not None
        assert kept.sign_count == 6
        assert kept.used_at is not None
        assert replace(kept, sign_count=5, used_at=None) == key(account.account_id)

    async def test_an_administrator_keeps_one(self, house: TestHouse) -> None:
        """The last key of an administrator stays, the second goes; a clerk may remove the last."""
        admin = await plant_account(house, "an.quan", Role.SECURITY_ADMIN)
        clerk = await plant_account(house)
        async with house.parts.database.write() as tx:
            for account, number in ((admin, 1), (admin, 2), (clerk, 3)):
                await house.parts.staff.add_passkey(tx, key(account.account_id, number))
        signing = Signing(house.parts)
        session = await signing.find(await session_of(house, admin, method=Method.PASSKEY))
        await signing.remove(session, b"\x02")
        with pytest.raises(LastWayIn):
            await signing.remove(session, b"\x01")
        mine = await signing.find(await session_of(house, clerk))
        await signing.remove(mine, b"\x03")
        with pytest.raises(PasskeyRefused):
            await signing.remove(mine, b"\x03")


class TestAnswers:
    """What a browser may send instead of an answer."""

    @pytest.mark.parametrize(
        "answer",
        [
            {},
            {"response": None},
            {"response": {"clientDataJSON": 5}},
            {"response": {"clientDataJSON": "!!"}},
            {"response": {"clientDataJSON": "e30"}},
            {"rawId": "AQ", "response": {"clientDataJSON": "eyJjaGFsbGVuZ2UiOiJBQUFBIn0"}},
        ],
    )
    async def test_malformed_answers_are_refused(self, house: TestHouse, answer: dict[str, object]) -> None:
        """Each is PasskeyRefused, never an error of the library; the try is in the ledger."""
        with pytest.raises(PasskeyRefused):
            await Signing(house.parts).sign_in_passkey(answer)
