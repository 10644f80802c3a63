"""The wallet's JSON on both stores: the way from slip to code, and what every request must bring."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import httpx
import pytest

from factories.devices import PhoneKey
from factories.holders import PIN, JsonPhone, redeem
from factories.house import END, MATTER, TestHouse, id_of, name_of, uscc_of
from zhizhao.catalogue.store import Revision
from zhizhao.kernel.actor import Actor, ActorKind
from zhizhao.kernel.code24 import parse_code
from zhizhao.kernel.idcard import guess_document
from zhizhao.licence.freeze import freeze
from zhizhao.licence.life import Cause
from zhizhao.registry.entity import EntityStatus

Phones = Callable[[], JsonPhone]
DECLARATION = {"declaration": "2026-11"}
WRONG = "935027"


def refused(answer: httpx.Response) -> tuple[int, str]:
    """Return status and code of a problem."""
    assert answer.headers["content-type"].startswith("application/problem+json"), answer.text
    return answer.status_code, answer.json()["code"]


class TestWay:
    """The way of a holder."""

    async def test_from_slip_to_code(self, holders: TestHouse, phone_of: Phones) -> None:
        """Slip, PIN, list, download, show: 24 good digits, with who shows and what can be seen."""
        await holders.entity(7)
        phone = phone_of()
        enrolled = await phone.enrol(await holders._slip(7), id_of(7))
        assert enrolled["retired"] == []
        assert enrolled["token"]["scope"] == "unlocked"
        cards = (await phone.ask("GET", "/licences")).json()["licences"]
        assert [(c["uscc"], c["state"], c["can_download"]) for c in cards] == [(uscc_of(7), "not_downloaded", True)]
        done = await phone.ask("POST", f"/licences/{uscc_of(7)}/download", DECLARATION)
        assert done.status_code == 201
        assert done.json()["credential"].count("~") > 5
        assert {"field": "domicile", "label": "住所", "text": "山东省济宁市任城区样张街道示例路1号"} in done.json()[
            "licence"
        ]["face"]
        shown = await phone.show(uscc_of(7))
        assert shown.status_code == 201
        body = shown.json()
        assert parse_code(body["code"]) == body["code"]
        assert body["expires_in"] == 60
        assert body["presenter"] == {"role": "legal_representative", "name": f"{name_of(7)[0]}*"}
        assert {"field": "uscc", "label": "统一社会信用代码"} in body["fields"]
        state = (await phone.ask("GET", f"/tickets/{body['ticket']}")).json()
        assert (state["state"], state["record"]) == ("waiting", None)

    async def test_told_who_redeemed(self, holders: TestHouse, phone_of: Phones) -> None:
        """After the redemption the ticket, the record and the list say who, where, what for and which fields."""
        phone = phone_of()
        uscc = await phone.ready()
        shown = (await phone.show(uscc)).json()
        client = (await holders.client("任城区政务服务中心（演示）")).client
        await redeem(holders, client.client_id, shown["code"], case_number="JN2026-000117", fields=("name", "uscc"))
        news = (await phone.ask("GET", f"/tickets/{shown['ticket']}")).json()
        record = news["record"]
        assert news["state"] == "redeemed"
        assert (record["verifier"], record["operator"]) == ("任城区政务服务中心（演示）", "窗口05")
        assert (record["verdict"], record["case_number"]) == ("accepted", "JN2026-000117")
        assert [f["label"] for f in record["fields"]] == ["名称", "统一社会信用代码"]
        assert record["documents_not_required"] == ["营业执照复印件"]
        listed = (await phone.ask("GET", "/records", query=f"?uscc={uscc}")).json()
        assert [r["id"] for r in listed["records"]] == [record["id"]]
        assert (await phone.ask("GET", f"/records/{record['id']}")).json()["receipt"].count(".") == 2

    async def test_every_field_is_named_before_and_after(self, holders: TestHouse, phone_of: Phones) -> None:
        """What a reader gets was announced on the phone, and the record calls each by its label, never by its key."""
        async with holders.parts.database.write() as connection:
            known = await holders.parts.catalogue.matter(connection, MATTER)
            assert known is not None
            matter = replace(known, code="EG-SCJG-QBZM", fields=("name", "registrar", "issued_on"))
            since = date(2020, 1, 1)
            revision = Revision(matter=matter, revision=1, effective_from=since, effective_until=None)
            await holders.parts.catalogue.add(connection, [revision])
        client = (await holders.client("曲阜市不动产登记中心（演示）", matters=[matter.code])).client
        phone = phone_of()
        uscc = await phone.ready()
        shown = (await phone.show(uscc)).json()
        await redeem(holders, client.client_id, shown["code"], matter=matter.code)
        record = (await phone.ask("GET", f"/tickets/{shown['ticket']}")).json()["record"]
        assert [f["label"] for f in record["fields"]] == ["名称", "登记机关", "登记日期"]
        assert {f["field"] for f in record["fields"]} <= {f["field"] for f in shown["fields"]}

    async def test_events(self, holders: TestHouse, phone_of: Phones) -> None:
        """The stream begins with where the ticket stands and ends with its redemption."""
        phone = phone_of()
        uscc = await phone.ready()
        shown = (await phone.show(uscc)).json()
        client = (await holders.client()).client
        await redeem(holders, client.client_id, shown["code"])
        answer = await phone.ask("GET", f"/tickets/{shown['ticket']}/events")
        assert answer.headers["content-type"].startswith("text/event-stream")
        events = [line[6:] for line in answer.text.splitlines() if line.startswith("data: ")]
        assert [json.loads(e)["state"] for e in events] == ["redeemed"]

    async def test_show_for_a_matter(self, phone_of: Phones) -> None:
        """A named matter narrows the fields; an unknown one, or another role than the copy's, is refused."""
        phone = phone_of()
        uscc = await phone.ready()
        fields = (await phone.show(uscc, matter=MATTER)).json()["fields"]
        assert {f["field"] for f in fields} >= {"name", "uscc", "scope"}
        assert refused(await phone.show(uscc, matter="EG-NO-SUCH")) == (404, "matter-unknown")
        assert refused(await phone.show(uscc, role="agent")) == (403, "not-entitled")

    async def test_two_companies_one_person(self, holders: TestHouse, phone_of: Phones) -> None:
        """A person sees every licence that the register gives, and nobody else's."""
        who = {"document": guess_document(id_of(7)), "principal_name": name_of(7)}
        await holders.entity(8, **who)
        await holders.entity(9)
        phone = phone_of()
        await phone.ready(7)
        cards = (await phone.ask("GET", "/licences")).json()["licences"]
        assert {c["uscc"] for c in cards} == {uscc_of(7), uscc_of(8)}
        assert refused(await phone.ask("POST", f"/licences/{uscc_of(9)}/download", DECLARATION)) == (
            403,
            "not-entitled",
        )


class TestChange:
    """What the register says at this moment counts, not what it said at the download."""

    async def test_changed_copy_blocks_until_downloaded_again(self, holders: TestHouse, phone_of: Phones) -> None:
        """After a change the old copy shows nothing, the card says so, a new download works without a new proof."""
        phone = phone_of()
        uscc = await phone.ready()
        await holders.entity(7, name="济宁示例改名商贸有限公司")
        assert refused(await phone.show(uscc)) == (409, "licence-changed")
        card = (await phone.ask("GET", "/licences")).json()["licences"][0]
        assert (card["state"], card["can_show"], card["can_download"]) == ("changed", False, True)
        assert (await phone.ask("GET", f"/licences/{uscc}")).json()["status"] == "changed"
        again = await phone.ask("POST", f"/licences/{uscc}/download", DECLARATION)
        assert again.json()["licence"]["name"] == "济宁示例改名商贸有限公司"
        assert (await phone.show(uscc)).status_code == 201

    async def test_new_legal_representative(self, holders: TestHouse, phone_of: Phones) -> None:
        """The former representative keeps nothing: no card, no download, no code, from the very next request on."""
        phone = phone_of()
        uscc = await phone.ready()
        await holders.entity(7, document=guess_document(id_of(8)), principal_name=name_of(8))
        assert (await phone.ask("GET", "/licences")).json()["licences"] == []
        assert refused(await phone.ask("POST", f"/licences/{uscc}/download", DECLARATION)) == (403, "not-entitled")
        assert (await phone.show(uscc)).status_code == 409
        successor = phone_of()
        await successor.enrol(await holders._slip(8), id_of(8))
        assert (await successor.ask("POST", f"/licences/{uscc}/download", DECLARATION)).status_code == 201

    async def test_same_number_other_name(self, holders: TestHouse, phone_of: Phones) -> None:
        """The register's name must be the person's; a typing slip there is told at the window, not overlooked."""
        await holders.entity(7, principal_name="别人")
        phone = phone_of()
        await phone.enrol(await holders._slip(7), id_of(7))
        assert (await phone.ask("GET", "/licences")).json()["licences"] == []

    async def test_revoked_reaches_its_deregistration_only(self, holders: TestHouse, phone_of: Phones) -> None:
        """A revoked entity may still download and show, and the verdict depends on the matter."""
        phone = phone_of()
        uscc = await phone.ready()
        await holders.entity(7, status=EntityStatus.REVOKED)
        assert (await phone.ask("GET", "/licences")).json()["licences"][0]["state"] == "revoked"
        assert refused(await phone.show(uscc, matter=MATTER)) == (409, "show-refused")
        shown = await phone.show(uscc, matter=END)
        client = (await holders.client()).client
        done = await redeem(holders, client.client_id, shown.json()["code"], matter=END)
        assert done.presentation.verdict.value == "accepted"

    async def test_deregistered(self, holders: TestHouse, phone_of: Phones) -> None:
        """A deregistered entity's licence is over; the reason is said in the reader's language."""
        phone = phone_of()
        uscc = await phone.ready()
        await holders.entity(7, status=EntityStatus.DEREGISTERED)
        answer = await phone.ask("POST", f"/licences/{uscc}/download", DECLARATION)
        assert refused(answer) == (409, "licence-not-in-force")
        said = await phone.ask("POST", f"/licences/{uscc}/show", {"matter": MATTER}, query="?lang=en")
        assert "deregistered" in said.json()["detail"]


class TestRefusals:
    """Each way to be wrong, by name."""

    async def test_declaration(self, holders: TestHouse, phone_of: Phones) -> None:
        """Another version of the declaration than the one in force is not an acceptance."""
        await holders.entity(7)
        phone = phone_of()
        await phone.enrol(await holders._slip(7), id_of(7))
        answer = await phone.ask("POST", f"/licences/{uscc_of(7)}/download", {"declaration": "2019-01"})
        assert refused(answer) == (409, "declaration-needed")

    async def test_not_downloaded(self, holders: TestHouse, phone_of: Phones) -> None:
        """Download comes before show."""
        await holders.entity(7)
        phone = phone_of()
        await phone.enrol(await holders._slip(7), id_of(7))
        assert refused(await phone.show(uscc_of(7))) == (409, "not-downloaded")
        assert refused(await phone.ask("GET", f"/licences/{uscc_of(7)}")) == (409, "not-downloaded")

    async def test_locked_token(self, phone_of: Phones) -> None:
        """The key alone lists; downloading and showing ask for the PIN."""
        phone = phone_of()
        uscc = await phone.ready()
        phone.token = (await phone.ask("POST", "/token", token=False)).json()["access_token"]
        assert (await phone.ask("GET", "/licences")).status_code == 200
        assert refused(await phone.show(uscc)) == (403, "unlock-needed")
        assert refused(await phone.ask("POST", f"/licences/{uscc}/download", DECLARATION)) == (403, "unlock-needed")
        phone.token = (await phone.ask("POST", "/unlock", {"pin": PIN}, token=False)).json()["access_token"]
        assert (await phone.show(uscc)).status_code == 201

    async def test_pin(self, phone_of: Phones) -> None:
        """Wrong PINs say how many tries remain, then how long to wait."""
        phone = phone_of()
        await phone.ready()
        for left in (4, 3, 2):
            answer = await phone.ask("POST", "/unlock", {"pin": WRONG}, token=False)
            assert refused(answer) == (403, "pin-wrong")
            assert f"{left} 次" in answer.json()["detail"]
        answer = await phone.ask("POST", "/unlock", {"pin": PIN}, token=False)
        assert refused(answer) == (429, "pin-delayed")
        assert 1 <= int(answer.headers["retry-after"]) <= 30

    async def test_bodies_are_strict(self, phone_of: Phones) -> None:
        """An unknown field, a missing one, a wrong kind of claim: refused before anything happens."""
        phone = phone_of()
        for body in (
            {"kind": "slip", "slip": "X", "id_number": "1", "extra": 1},
            {"kind": "slip", "slip": "X"},
            {"kind": "trust_me", "name": "张", "id_number": "1"},
            [],
        ):
            assert refused(await phone.ask("POST", "/proofs", body, token=False))[0] == 400

    async def test_foreign_ticket_and_record(self, holders: TestHouse, phone_of: Phones) -> None:
        """Another person's ticket and record are as unknown as none at all."""
        phone, other = phone_of(), phone_of()
        uscc = await phone.ready(7)
        await other.ready(8)
        shown = (await phone.show(uscc)).json()
        client = (await holders.client()).client
        done = await redeem(holders, client.client_id, shown["code"])
        for path in (f"/tickets/{shown['ticket']}", "/tickets/AAAA", "/tickets/x.y"):
            assert refused(await other.ask("GET", path)) == (404, "ticket-unknown")
        for record in (done.presentation.presentation_id, "prs_0000000000000000000000"):
            assert refused(await other.ask("GET", f"/records/{record}")) == (404, "presentation-unknown")
            assert refused(await other.ask("POST", f"/records/{record}/disown")) == (404, "presentation-unknown")


class TestProofOfKey:
    """Every route asks for a DPoP proof of exactly this request."""

    async def test_every_route(self, phone_of: Phones) -> None:
        """No route of the API but the information and its own description answers without a proof."""
        phone = phone_of()
        paths = (await phone.client.get("/wallet/api/openapi.json")).json()["paths"]
        asked = [(method, path) for path, methods in paths.items() for method in methods]
        assert len(asked) > 18
        for method, path in asked:
            if path == "/wallet/api/info":
                continue
            filled = path.replace("{uscc}", uscc_of(7)).replace("{ticket}", "x").replace("{record_id}", "x")
            filled = filled.replace("{device_id}", "x")
            answer = await phone.client.request(method.upper(), filled, json=BODIES.get(path, {}))
            assert answer.status_code == 401, (method, path, answer.text)
            assert answer.headers["www-authenticate"].startswith("DPoP")

    async def test_replay(self, phone_of: Phones) -> None:
        """The same request sent twice is answered once."""
        phone = phone_of()
        await phone.ready()
        assert (await phone.ask("GET", "/licences", jti="once")).status_code == 200
        assert refused(await phone.ask("GET", "/licences", jti="once")) == (401, "dpop-replayed")

    async def test_two_proofs(self, holders: TestHouse, phone_of: Phones) -> None:
        """Two DPoP headers are none."""
        phone = phone_of()
        await phone.ready()
        url = f"{holders.parts.settings.base_url}/wallet/api/token"
        proofs = [("dpop", phone.key.proof("POST", url, at=holders.parts.clock.now())) for _ in range(2)]
        assert refused(await phone.client.post("/wallet/api/token", headers=proofs)) == (401, "dpop-refused")

    async def test_bearer_is_not_enough(self, phone_of: Phones) -> None:
        """A stolen token without the key opens nothing, as Bearer or as DPoP under another key."""
        phone, thief = phone_of(), phone_of()
        uscc = await phone.ready()
        bare = {"authorization": f"Bearer {phone.token}"}
        assert refused(await phone.client.get("/wallet/api/licences", headers=bare)) == (401, "wallet-token-refused")
        thief.token = phone.token
        assert refused(await thief.show(uscc)) == (401, "wallet-token-refused")

    async def test_cookies_do_not_reach(self, phone_of: Phones) -> None:
        """Cookies of the site change nothing; the language comes in the query."""
        phone = phone_of()
        await phone.ready()
        phone.client.cookies.set("zz-lang", "en")
        answer = await phone.ask("POST", "/unlock", {"pin": WRONG}, token=False)
        assert "密码" in answer.json()["title"]
        answer = await phone.ask("POST", "/unlock", {"pin": WRONG}, token=False, query="?lang=en")
        assert "PIN" in answer.json()["title"] or "password" in answer.json()["title"].lower()


BODIES: dict[str, Any] = {
    "/wallet/api/proofs": {"kind": "slip", "slip": "x", "id_number": "x"},
    "/wallet/api/devices": {"proof": "x", "pin": "x"},
    "/wallet/api/unlock": {"pin": "x"},
    "/wallet/api/pin": {"old": "x", "pin": "x"},
    "/wallet/api/pin/reset": {"proof": "x", "pin": "x"},
    "/wallet/api/devices/revive": {"proof": "x"},
    "/wallet/api/devices/{device_id}/revoke": {"pin": "x"},
    "/wallet/api/licences/{uscc}/download": DECLARATION,
}
"""Well-formed bodies, so that nothing but the missing proof can be refused."""


class TestLoss:
    """Frozen from anywhere, at once; back by proving oneself."""

    async def test_freeze_kills_a_shown_code(self, holders: TestHouse, phone_of: Phones) -> None:
        """A code on the screen when the licence is frozen is refused at the counter."""
        phone = phone_of()
        uscc = await phone.ready()
        shown = (await phone.show(uscc)).json()
        assert (await phone.ask("POST", f"/licences/{uscc}/freeze")).status_code == 204
        assert (await phone.ask("POST", f"/licences/{uscc}/freeze")).status_code == 204, "twice is no error"
        client = (await holders.client()).client
        done = await redeem(holders, client.client_id, shown["code"])
        assert done.presentation.verdict.value == "refused"
        assert refused(await phone.show(uscc)) == (409, "show-refused")
        assert (await phone.ask("GET", "/licences")).json()["licences"][0]["state"] == "frozen"

    async def test_unfreeze_by_a_new_proof(self, holders: TestHouse, phone_of: Phones) -> None:
        """A proof of the owner lifts any freeze; another person's, or a used one, does not."""
        phone = phone_of()
        uscc = await phone.ready()
        await phone.ask("POST", f"/licences/{uscc}/freeze")
        stranger = await phone.prove(await holders._slip(8), id_of(8))
        answer = await phone.ask("POST", f"/licences/{uscc}/unfreeze", {"proof": stranger})
        assert refused(answer) == (403, "person-mismatch")
        own = await phone.prove(await holders._slip(7), id_of(7))
        assert (await phone.ask("POST", f"/licences/{uscc}/unfreeze", {"proof": own})).status_code == 204
        assert (await phone.show(uscc)).status_code == 201
        await phone.ask("POST", f"/licences/{uscc}/freeze")
        assert refused(await phone.ask("POST", f"/licences/{uscc}/unfreeze", {"proof": own})) == (403, "proof-needed")

    async def test_own_freeze_by_the_pin(self, holders: TestHouse, phone_of: Phones) -> None:
        """What the same wallet froze is lifted by its PIN; a locked token, a stranger and other channels are not."""
        phone, other = phone_of(), phone_of()
        uscc = await phone.ready(7)
        await other.ready(8)
        unlocked = phone.token
        await phone.ask("POST", f"/licences/{uscc}/freeze")
        phone.token = (await phone.ask("POST", "/token", token=False)).json()["access_token"]
        assert refused(await phone.ask("POST", f"/licences/{uscc}/unfreeze", {})) == (403, "unlock-needed")
        assert refused(await other.ask("POST", f"/licences/{uscc}/unfreeze", {})) == (403, "not-entitled")
        phone.token = unlocked
        assert (await phone.ask("POST", f"/licences/{uscc}/unfreeze", {})).status_code == 204
        again = await phone.ask("POST", f"/licences/{uscc}/unfreeze", {})
        assert refused(again) == (409, "licence-transition-refused")
        async with holders.parts.database.write() as connection:
            clerk = Cause(actor=Actor(ActorKind.STAFF, "acc_1"), because="reported-at-window")
            await freeze(connection, uscc, cause=clerk, office=holders.parts.office)
        assert refused(await phone.ask("POST", f"/licences/{uscc}/unfreeze", {})) == (403, "proof-needed")

    async def test_disown(self, holders: TestHouse, phone_of: Phones) -> None:
        """不是我操作 freezes the licence, writes it down and tells the others by an event."""
        phone = phone_of()
        uscc = await phone.ready()
        client = (await holders.client()).client
        done = await redeem(holders, client.client_id, (await phone.show(uscc)).json()["code"])
        record = done.presentation.presentation_id
        assert (await phone.ask("POST", f"/records/{record}/disown")).status_code == 200
        assert refused(await phone.ask("POST", f"/licences/{uscc}/unfreeze", {})) == (403, "proof-needed")
        assert (await phone.ask("GET", "/licences")).json()["licences"][0]["state"] == "frozen"
        async with holders.parts.database.read() as connection:
            rows = await connection.exec_driver_sql("SELECT kind FROM outbox")
            assert "wallet.presentation.disowned.v1" in {row[0] for row in rows}

    async def test_new_phone_and_revoked_phone(self, holders: TestHouse, phone_of: Phones) -> None:
        """The new phone retires the old one and says which; signing off asks for the PIN and is final."""
        old, new = phone_of(), phone_of()
        uscc = await old.ready()
        enrolled = await new.enrol(await holders._slip(7), id_of(7))
        assert len(enrolled["retired"]) == 1
        assert refused(await old.show(uscc)) == (401, "device-retired")
        devices = (await new.ask("GET", "/devices")).json()["devices"]
        assert [(d["state"], d["this"]) for d in devices] == [("active", True), ("retired", False)]
        this = devices[0]["id"]
        assert refused(await new.ask("POST", f"/devices/{this}/revoke", {"pin": WRONG})) == (403, "pin-wrong")
        assert refused(await new.ask("POST", "/devices/dev_x/revoke", {"pin": PIN})) == (401, "device-unknown")
        assert (await new.ask("POST", f"/devices/{this}/revoke", {"pin": PIN})).status_code == 204
        assert refused(await new.ask("GET", "/licences")) == (401, "device-revoked")

    async def test_pin_changed_and_reset(self, holders: TestHouse, phone_of: Phones) -> None:
        """The old PIN changes it; a proof resets it."""
        phone = phone_of()
        await phone.ready()
        assert (await phone.ask("POST", "/pin", {"old": PIN, "pin": WRONG})).status_code == 204
        assert refused(await phone.ask("POST", "/pin", {"old": WRONG, "pin": "123456"})) == (400, "pin-weak")
        proof = await phone.prove(await holders._slip(7), id_of(7))
        answer = await phone.ask("POST", "/pin/reset", {"proof": proof, "pin": "604913"}, token=False)
        assert answer.json()["state"] == "active"
        assert (await phone.ask("POST", "/unlock", {"pin": "604913"}, token=False)).status_code == 200


class TestDescription:
    """The public description."""

    async def test_openapi(self, phone_of: Phones) -> None:
        """OpenAPI 3.1, every operation described, nothing of the other doors."""
        document = (await phone_of().client.get("/wallet/api/openapi.json")).json()
        assert document["openapi"].startswith("3.1")
        assert all(path.startswith("/wallet/api/") for path in document["paths"])
        operations = [o for methods in document["paths"].values() for o in methods.values()]
        assert all(o.get("description") for o in operations)
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                asked = {name for need in operation["security"] for name in need}
                assert asked == (set() if path.endswith("/info") else asked | {"proof"}), (method, path)
                assert path.endswith("/info") or {"401", "403", "429", "503"} <= set(operation["responses"])

    async def test_info(self, phone_of: Phones) -> None:
        """What a client must know before it begins, without a proof."""
        info = (await phone_of().client.get("/wallet/api/info")).json()
        assert (info["declaration"], info["real_name"], info["code_seconds"]) == ("2026-11", "simulated", 60)


@pytest.mark.parametrize("key", [PhoneKey()], ids=["fresh"])
async def test_unknown_device(phone_of: Phones, key: PhoneKey) -> None:
    """A key without a device gets no token."""
    phone = phone_of()
    phone.key = key
    assert refused(await phone.ask("POST", "/token", token=False)) == (401, "device-unknown")
    assert refused(await phone.ask("POST", "/unlock", {"pin": PIN}, token=False)) == (401, "device-unknown")
