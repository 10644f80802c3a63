"""The second opinion at work: our client library drives a running installation from slip to proof."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from factories.demo_server import DemoServer, running_demo
from zhizhao_client.api import RelyingParty
from zhizhao_client.credential import bound_to, status_of, verify_credential
from zhizhao_client.errors import NotGenuine, Problem
from zhizhao_client.http import connect, exchange
from zhizhao_client.receipt import verify_inclusion, verify_receipt
from zhizhao_client.wallet import Wallet

PIN = "274916"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoServer]:
    """Give a running demonstration."""
    with running_demo(Path(tmp_path_factory.mktemp("demo"))) as server:
        yield server


@pytest.fixture
def party(demo: DemoServer) -> Iterator[RelyingParty]:
    """Give the first client of the demonstration."""
    client = demo.facts["clients"][0]
    opened = RelyingParty(demo.base, client["client_id"], secret=client["client_secret"])
    yield opened
    opened.close()


def enrolled(demo: DemoServer, home: Path, number: int) -> tuple[Wallet, str]:
    """Return a wallet with one downloaded licence."""
    person = demo.holder(number)
    wallet = Wallet(demo.base, home)
    wallet.enrol(person["slip"], person["id_number"], PIN)
    uscc = person["legal_representative_of"][0]
    wallet.download(uscc)
    return wallet, uscc


def test_from_slip_to_proof(demo: DemoServer, party: RelyingParty, tmp_path: Path) -> None:
    """Show, redeem, check the receipt, the ledger's proof, the credential and its status, all by own code."""
    wallet, uscc = enrolled(demo, tmp_path, 2)
    matter = demo.facts["clients"][0]["matters"][0]
    shown = wallet.show(uscc, matter=matter)
    done = party.redeem(shown["code"], matter=matter, purpose="食品经营许可", case_number="JN-7", operator="窗口07")
    assert done["verdict"] == "accepted"
    assert wallet.ticket(shown["ticket"])["state"] == "redeemed"
    jwks = party.jwks()
    claims = verify_receipt(done["receipt"], jwks=jwks, expected_issuer=demo.base, expected_client=party.client_id)
    assert claims["jti"] == done["id"]
    assert claims["licence"]["uscc"] == uscc
    deadline = time.monotonic() + 20
    while (proof := party.proof(done["id"]))["leaf"] is None:
        assert time.monotonic() < deadline, "the entry was not sealed"
        time.sleep(0.2)
    assert verify_inclusion(proof, jwks=jwks, expected_entry=claims["ledger"]["entry"])["size"] > proof["leaf"]
    forged = {**proof, "leaf": proof["leaf"] - 1}
    with pytest.raises(NotGenuine):
        verify_inclusion(forged, jwks=jwks, expected_entry=claims["ledger"]["entry"])
    assert party.archive_pdf(done["id"]).startswith(b"%PDF-")
    assert [p["id"] for p in party.of_case("JN-7")] == [done["id"]]
    (record,) = wallet.records()
    assert (record["id"], record["purpose"]) == (done["id"], "食品经营许可")
    person = demo.holder(2)
    assert party.holder_match(done["id"], name=person["name"], id_number=person["id_number"])
    other = demo.holder(3)
    assert not party.holder_match(done["id"], name=other["name"], id_number=other["id_number"])
    wallet.close()


def test_the_credential_on_the_phone(demo: DemoServer, party: RelyingParty, tmp_path: Path) -> None:
    """The downloaded credential is the issuer's, bound to this key, and valid by the list; frozen, it is suspended."""
    wallet, uscc = enrolled(demo, tmp_path, 4)
    credential = wallet.download(uscc)["credential"]
    jwks = party.jwks()
    claims = verify_credential(credential, jwks=jwks, expected_issuer=demo.base)
    assert claims["uscc"] == uscc
    assert bound_to(claims, wallet.public_jwk())

    def status() -> str:
        with connect(demo.base) as http:
            path = claims["status"]["status_list"]["uri"].removeprefix(demo.base)
            token = exchange(http, "GET", path).text
        return status_of(claims, token, jwks=jwks, now=int(time.time()))

    assert status() == "valid"
    wallet.freeze(uscc)
    assert status() == "suspended"
    with pytest.raises(Problem) as refused:
        wallet.show(uscc)
    assert refused.value.status == 409
    wallet.close()


def test_problems_have_codes(demo: DemoServer, party: RelyingParty, tmp_path: Path) -> None:
    """Each refusal is a problem with a stable code, a Chinese title and a detail that says what to do."""
    wallet, uscc = enrolled(demo, tmp_path, 5)
    matter = demo.facts["clients"][0]["matters"][0]
    code = wallet.show(uscc)["code"]

    def code_of(**changes: object) -> str:
        wanted: dict[str, object] = {"matter": matter, "purpose": "核验", **changes}
        with pytest.raises(Problem) as refused:
            party.redeem(str(wanted.pop("code", code)), **wanted)  # type: ignore[arg-type] # by name
        assert refused.value.title
        assert refused.value.detail
        assert refused.value.request_id
        return refused.value.code

    assert code_of(code="123") == "code-malformed"
    assert code_of(matter="EG-NO-SUCH") == "matter-not-granted"
    assert code_of(fields=["secret"]) == "field-not-granted"
    assert code_of(purpose="长" * 201) == "request-malformed"
    assert party.redeem(code, matter=matter, purpose="核验")["verdict"] == "accepted"
    assert code_of() == "code-used"
    wrong = RelyingParty(demo.base, party.client_id, secret="wrong")
    with pytest.raises(Problem) as refused:
        wrong.client()
    wrong.close()
    wallet.close()
    assert refused.value.code == "invalid_client"
