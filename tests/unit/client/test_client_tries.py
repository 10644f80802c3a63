"""The relying party's client on a bad line: what it sends again, with which key, and when it gives up."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from zhizhao_client import jose
from zhizhao_client.api import TRIES, RelyingParty
from zhizhao_client.errors import NotGenuine, Problem, Unreachable
from zhizhao_client.receipt import verify_inclusion

Answer = Callable[[httpx.Request], httpx.Response]


class Line:
    """A server that answers by a plan, and remembers what it was asked."""

    def __init__(self, *plan: Answer | Exception) -> None:
        self.plan = list(plan)
        self.asked: list[httpx.Request] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        if request.url.path == "/oauth/token":
            return httpx.Response(200, json={"access_token": "t", "expires_in": 600})
        self.asked.append(request)
        step = self.plan.pop(0)
        if isinstance(step, Exception):
            raise step
        return step(request)


def party(line: Line) -> RelyingParty:
    """Return a client on this line, which never sleeps."""
    made = RelyingParty("http://zz.example", "cli_1", secret="s", sleep=lambda _: None)
    made._http = httpx.Client(base_url="http://zz.example", transport=httpx.MockTransport(line.answer))
    return made


def told(status: int, body: dict[str, Any]) -> Answer:
    """Return an answer."""
    return lambda _: httpx.Response(status, json=body)


def keys(line: Line) -> set[str | None]:
    """Return the idempotency keys that were sent."""
    return {request.headers.get("idempotency-key") for request in line.asked}


LOST = httpx.RemoteProtocolError("the server closed the connection")


def test_a_lost_answer_is_asked_for_again() -> None:
    """With the same key, so that the code is not spent twice."""
    line = Line(LOST, told(503, {"code": "commit-unknown"}), told(201, {"id": "prs_1"}))
    assert party(line).redeem("0" * 24, matter="M", purpose="p")["id"] == "prs_1"
    assert len(line.asked) == 3
    assert len(keys(line)) == 1
    assert None not in keys(line)


def test_a_comparison_has_its_key_too() -> None:
    """One question is one of the five, however often it is sent."""
    line = Line(LOST, told(200, {"match": True}))
    assert party(line).holder_match("prs_1", name="张三恕", id_number="1") is True
    assert len(keys(line)) == 1
    assert None not in keys(line)


def test_it_gives_up() -> None:
    """After its tries; and a refusal that waiting does not change is told at once."""
    line = Line(*[LOST] * TRIES)
    with pytest.raises(Unreachable):
        party(line).matters()
    assert len(line.asked) == TRIES
    line = Line(told(409, {"code": "code-used"}))
    with pytest.raises(Problem):
        party(line).redeem("0" * 24, matter="M", purpose="p")
    assert len(line.asked) == 1


def test_an_id_is_one_part_of_the_address() -> None:
    """Whatever stands in a database of the department cannot lead elsewhere."""
    line = Line(told(404, {"code": "presentation-unknown"}))
    with pytest.raises(Problem):
        party(line).presentation("../client?x=1#y")
    assert line.asked[0].url.raw_path == b"/api/v1/presentations/..%2Fclient%3Fx%3D1%23y"


@pytest.mark.parametrize(
    "change",
    [{"head": None}, {"head": {}}, {"path": None}, {"path": ["xy"]}, {"leaf": "x"}, {"leaf": -1}, {"path": [1]}],
    ids=str,
)
def test_a_malformed_proof_is_not_genuine(change: dict[str, Any]) -> None:
    """Never an error of another kind, which a caller would take for a defect of its own."""
    key = ec.generate_private_key(ec.SECP256R1())
    entry = "00" * 32
    claims = {"size": 1, "root": jose.b64url(bytes(32))}
    token = jose.sign(key, {"alg": "ES256", "typ": "ledger-head+jwt", "kid": "k"}, claims)
    jwks = {"keys": [{**jose.public_jwk(key), "kid": "k"}]}
    good: dict[str, Any] = {"entry": entry, "leaf": 0, "path": [], "head": {"token": token}}
    assert verify_inclusion(good, jwks=jwks, expected_entry=entry)["size"] == 1  # the control
    with pytest.raises(NotGenuine):
        verify_inclusion(json.loads(json.dumps({**good, **change})), jwks=jwks, expected_entry=entry)
