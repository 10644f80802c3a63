"""The relying-party API at its door: authentication, order of refusals, problems, idempotency, both lanes alike."""

import base64
import json
import time
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from factories.house import END, MATTER, TestHouse, id_of, name_of, open_house, public_jwk
from zhizhao.app.build import serve_parts
from zhizhao.kernel.clock import SystemClock
from zhizhao.onboarding.access import api_audience
from zhizhao.onboarding.authenticate import ASSERTION_TYPE
from zhizhao.registry.entity import EntityStatus
from zhizhao.trust.demo_authority import DemoAuthority
from zhizhao.trust.jws import sign_compact
from zhizhao.trust.keys import Purpose
from zhizhao.web.api.redeem import RedeemDoor
from zhizhao_client import jose

BASE = "http://localhost:8420"


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[TestHouse]:
    """Give an opened installation with certificates."""
    async with open_house(sqlite_url, tmp_path / "house") as opened:
        DemoAuthority(tmp_path / "house" / "keys", opened.parts.keys, clock=SystemClock(), demo=True).ensure()
        yield opened


@pytest.fixture
async def http(house: TestHouse) -> AsyncIterator[httpx.AsyncClient]:
    """Give an HTTP client of the served application, without a network."""
    transport = httpx.ASGITransport(serve_parts(house.parts))
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        yield client


async def bearer(http: httpx.AsyncClient, client_id: str, secret: str | None) -> dict[str, str]:
    """Return the header of a fresh access token."""
    reply = await http.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=(client_id, secret or ""))
    assert reply.status_code == 200, reply.text
    assert reply.headers["cache-control"] == "no-store"
    return {"Authorization": f"Bearer {reply.json()['access_token']}"}


def assertion(key: ec.EllipticCurvePrivateKey, client_id: str, **changes: Any) -> str:
    """Return a client assertion (RFC 7523)."""
    now = int(time.time())
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": f"{BASE}/oauth/token",
        "iat": now,
        "exp": now + 60,
        "jti": str(uuid.uuid4()),
        **changes,
    }
    return jose.sign(key, {"alg": "ES256", "typ": "JWT", "kid": "c1"}, claims)


class TestToken:
    """The token endpoint: two ways in, one answer to everything wrong."""

    async def test_private_key_jwt_once(self, house: TestHouse, http: httpx.AsyncClient) -> None:
        """An assertion opens once; sent again it is refused, and so is one for another audience or expired."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = await house.client(jwks={"keys": [{**public_jwk(key), "kid": "c1"}]})
        assert made.secret is None
        client_id = made.client.client_id

        async def ask(token: str) -> httpx.Response:
            form = {"grant_type": "client_credentials", "client_id": client_id}
            form |= {"client_assertion_type": ASSERTION_TYPE, "client_assertion": token}
            return await http.post("/oauth/token", data=form)

        good = assertion(key, client_id)
        assert (await ask(good)).status_code == 200
        other = ec.generate_private_key(ec.SECP256R1())
        for bad in (
            good,
            assertion(key, client_id, aud="https://elsewhere.example"),
            assertion(key, client_id, exp=int(time.time()) - 120),
            assertion(key, "cli_other"),
            assertion(other, client_id),
            "x.y.z",
        ):
            reply = await ask(bad)
            assert (reply.status_code, reply.json()["error"]) == (401, "invalid_client")

    async def test_a_wrong_secret_and_an_unknown_client_look_alike(
        self, house: TestHouse, http: httpx.AsyncClient
    ) -> None:
        """Nothing tells which of the two it was."""
        made = await house.client()
        form = {"grant_type": "client_credentials"}
        replies = [
            await http.post("/oauth/token", data=form, auth=pair)
            for pair in ((made.client.client_id, "wrong"), ("cli_nobody", made.secret or ""), ("", ""))
        ]
        assert {(r.status_code, r.text) for r in replies} == {(401, replies[0].text)}

    async def test_other_grants_are_named(self, http: httpx.AsyncClient) -> None:
        """Unsupported and missing grant types have their own RFC 6749 errors."""
        reply = await http.post("/oauth/token", data={"grant_type": "password"})
        assert (reply.status_code, reply.json()["error"]) == (400, "unsupported_grant_type")
        reply = await http.post("/oauth/token", data={"scope": "x"})
        assert reply.json()["error"] == "invalid_request"

    @pytest.mark.parametrize(
        "header", ["Basic", "Basic !!!", "Basic " + base64.b64encode(b"nocolon").decode(), "Bearer x"]
    )
    async def test_broken_basic_headers(self, http: httpx.AsyncClient, header: str) -> None:
        """A header that cannot be read is a failed authentication, never an error of ours."""
        reply = await http.post(
            "/oauth/token", data={"grant_type": "client_credentials"}, headers={"Authorization": header}
        )
        assert reply.status_code == 401

    async def test_a_stopped_client_is_out_at_its_next_call(self, house: TestHouse, http: httpx.AsyncClient) -> None:
        """Its token is still within its time; the state is asked anyway."""
        made = await house.client()
        headers = await bearer(http, made.client.client_id, made.secret)
        assert (await http.get("/api/v1/client", headers=headers)).status_code == 200
        async with house.parts.database.write() as connection:
            assert await house.parts.clients.stop(connection, made.client.client_id)
        assert (await http.get("/api/v1/client", headers=headers)).status_code == 401


class TestRedeem:
    """The redeem path, with the router and with the fast lane in front of it."""

    async def _shown(self, house: TestHouse, number: int) -> str:
        uscc = await house.entity(number)
        (phone,) = await house.phone(number, [uscc])
        return (await house.show(phone)).code

    async def test_the_answer(self, house: TestHouse, http: httpx.AsyncClient) -> None:
        """The body of INTERFACES.md §4, and the same again when it is read later."""
        made = await house.client()
        headers = await bearer(http, made.client.client_id, made.secret)
        body = {
            "code": await self._shown(house, 11),
            "matter": MATTER,
            "purpose": "食品经营许可",
            "case_number": "JN2026-000123",
            "operator": "窗口03",
            "fields": ["name", "uscc", "legal_representative"],
        }
        reply = await http.post("/api/v1/presentations", json=body, headers=headers)
        assert reply.status_code == 201, reply.text
        shown = reply.json()
        assert reply.headers["ratelimit"].startswith('"peak";r=')
        assert reply.headers["ratelimit-policy"] == '"peak";q=10000;w=1'
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert [i["field"] for i in shown["licence"]["face"]] == ["name", "uscc", "legal_representative"]
        assert shown["licence"]["legal_representative"] == name_of(11)
        assert shown["presenter"] == {"role": "legal_representative", "name": name_of(11)[0] + "*", "mandate": None}
        assert shown["documents_not_required"] == ["营业执照复印件"]
        assert [c["name"] for c in shown["checks"]] == ["code", "single_use", "matter", "licence_status", "mandate"]
        again = await http.get(f"/api/v1/presentations/{shown['id']}", headers=headers)
        assert again.json() == shown
        stranger = await house.client("别的系统")
        others = await bearer(http, stranger.client.client_id, stranger.secret)
        hidden = await http.get(f"/api/v1/presentations/{shown['id']}", headers=others)
        assert (hidden.status_code, hidden.json()["code"]) == (404, "presentation-unknown")

    async def test_both_lanes_answer_alike(self, house: TestHouse, http: httpx.AsyncClient) -> None:
        """With a trailing slash the router answers; without, the fast lane: same status, code and headers."""
        made = await house.client()
        headers = await bearer(http, made.client.client_id, made.secret)
        for body in ({"code": "1"}, {"code": "01" + "0" * 22, "matter": MATTER, "purpose": "x"}):
            fast = await http.post("/api/v1/presentations", json=body, headers=headers)
            routed = await http.post("/api/v1/presentations/", json=body, headers=headers)
            assert (fast.status_code, fast.json()["code"]) == (routed.status_code, routed.json()["code"])
            assert fast.json()["title"] == routed.json()["title"]
            missing = set(routed.headers) - set(fast.headers) - {"set-cookie", "vary"}
            assert not missing, missing

    async def test_what_should_not_happen_is_answered_in_order(
        self,
        house: TestHouse,
        http: httpx.AsyncClient,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """A defect behind the fast lane is answered with our headers and a number to ask about; no more is said."""
        made = await house.client()
        headers = await bearer(http, made.client.client_id, made.secret)

        async def broken(*_: object) -> None:
            message = "SELECT secret FROM somewhere"
            raise RuntimeError(message)

        monkeypatch.setattr(RedeemDoor, "answer", broken)
        reply = await http.post("/api/v1/presentations", headers=headers, json={})
        assert (reply.status_code, reply.json()["code"]) == (500, "internal")
        assert reply.headers["content-type"] == "application/problem+json"
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["x-request-id"] == reply.json()["request_id"]
        assert "secret" not in reply.text

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            (b"", "request-malformed"),
            (b"[]", "request-malformed"),
            (b'{"code": 1}', "request-malformed"),
            (b'{"code": "1", "matter": "X", "purpose": "x", "more": 1}', "request-malformed"),
            (json.dumps({"code": "1", "matter": MATTER, "purpose": "x"}).encode(), "code-malformed"),
            (json.dumps({"code": "1", "matter": MATTER, "purpose": "x" * 201}).encode(), "request-malformed"),
            (json.dumps({"code": "1", "matter": MATTER, "purpose": "a\u202eb"}).encode(), "request-malformed"),
            (b"[" * 40 + b"]" * 40, "json-too-large"),
            (b"\xff\xfe", "request-malformed"),
        ],
    )
    async def test_bad_bodies_have_their_own_problem(
        self, house: TestHouse, http: httpx.AsyncClient, body: bytes, code: str
    ) -> None:
        """Each is refused by name with what to do, as problem+json, and nothing of the input comes back."""
        made = await house.client()
        headers = await bearer(http, made.client.client_id, made.secret)
        reply = await http.post("/api/v1/presentations", content=body, headers=headers)
        problem = reply.json()
        assert reply.headers["content-type"].startswith("application/problem+json")
        assert problem["code"] == code
        assert ("errors" in problem) is (code == "request-malformed" and body.isascii())
        assert problem["title"]
        assert problem["detail"]
        assert problem["request_id"] == reply.headers["x-request-id"]
        assert "\u202e" not in reply.text

    async def test_too_large_and_not_authenticated(self, house: TestHouse, http: httpx.AsyncClient) -> None:
        """A body over the limit is 413; no token, a foreign token and an expired one are 401 with a challenge."""
        made = await house.client()
        headers = await bearer(http, made.client.client_id, made.secret)
        reply = await http.post("/api/v1/presentations", content=b" " * (1024 * 1024 + 1), headers=headers)
        assert reply.status_code == 413
        now = int(time.time())
        claims = {
            "iss": BASE,
            "sub": "x",
            "client_id": "x",
            "aud": api_audience(BASE),
            "iat": now - 900,
            "exp": now - 300,
        }
        expired = sign_compact(house.parts.keys, Purpose.ACCESS, claims, typ="at+jwt")
        foreign = sign_compact(house.parts.keys, Purpose.ACCESS, {**claims, "exp": now + 60}, typ="JWT")
        for value in ("", "Bearer", "Bearer x", f"Bearer {expired}", f"Bearer {foreign}", "Basic eA=="):
            reply = await http.post("/api/v1/presentations", json={}, headers={"Authorization": value})
            assert (reply.status_code, reply.json()["code"]) == (401, "invalid-token")
            assert reply.headers["www-authenticate"] == "Bearer"

    async def test_idempotency(self, house: TestHouse, http: httpx.AsyncClient) -> None:
        """The same key gives the same answer; with another body it is refused; a key that cannot be is malformed."""
        made = await house.client()
        headers = await bearer(http, made.client.client_id, made.secret)
        body = {"code": await self._shown(house, 12), "matter": MATTER, "purpose": "核验"}
        keyed = {**headers, "Idempotency-Key": "k-1"}
        first = await http.post("/api/v1/presentations", json=body, headers=keyed)
        second = await http.post("/api/v1/presentations", json=body, headers=keyed)
        assert first.status_code == 201
        assert second.json() == first.json()
        other = await http.post("/api/v1/presentations", json={**body, "purpose": "别的"}, headers=keyed)
        assert (other.status_code, other.json()["code"]) == (422, "idempotency-mismatch")
        long = await http.post("/api/v1/presentations", json=body, headers={**headers, "Idempotency-Key": "k" * 256})
        assert long.json()["code"] == "request-malformed"

    async def test_a_revoked_entity_for_an_ordinary_matter(self, house: TestHouse, http: httpx.AsyncClient) -> None:
        """201 with verdict refused, the failed check named, no licence, no presenter, no archive copy."""
        made = await house.client()
        headers = await bearer(http, made.client.client_id, made.secret)
        code = await self._shown(house, 13)
        await house.entity(13, status=EntityStatus.REVOKED)
        reply = await http.post(
            "/api/v1/presentations", json={"code": code, "matter": MATTER, "purpose": "核验"}, headers=headers
        )
        shown = reply.json()
        assert (reply.status_code, shown["verdict"]) == (201, "refused")
        assert shown["licence"] is shown["presenter"] is shown["archive"] is None
        failed = next(c for c in shown["checks"] if c["result"] == "fail")
        assert (failed["name"], failed["reason"]) == ("licence_status", "entity-revoked")
        assert failed["because"]
        copy = await http.get(f"/api/v1/presentations/{shown['id']}/licence.pdf", headers=headers)
        assert (copy.status_code, copy.json()["code"]) == (409, "archive-refused")


class TestOthers:
    """The other routes."""

    async def test_own_scope_and_matters(self, house: TestHouse, http: httpx.AsyncClient) -> None:
        """A client sees its matters and its quota as it is used up."""
        made = await house.client(yearly_quota=10)
        headers = await bearer(http, made.client.client_id, made.secret)
        own = (await http.get("/api/v1/client", headers=headers)).json()
        assert own["quota"]["limit"] == 10
        assert own["quota"]["used"] == 0
        assert {m["code"] for m in (await http.get("/api/v1/matters", headers=headers)).json()} == {MATTER, END}

    async def test_holder_match_is_limited(self, house: TestHouse, http: httpx.AsyncClient) -> None:
        """True for the presenter, false for others, and no sixth time."""
        made = await house.client()
        headers = await bearer(http, made.client.client_id, made.secret)
        code = await TestRedeem()._shown(house, 14)
        body = {"code": code, "matter": MATTER, "purpose": "核验"}
        one = (await http.post("/api/v1/presentations", json=body, headers=headers)).json()["id"]
        path = f"/api/v1/presentations/{one}/holder-match"
        good = {"name": name_of(14), "id_number": id_of(14)}
        keyed = {**headers, "Idempotency-Key": "m-1"}
        for _ in range(3):
            assert (await http.post(path, json=good, headers=keyed)).json() == {"match": True}
        assert (await http.post(path, json=good, headers=headers)).json() == {"match": True}
        for _ in range(3):
            wrong = {"name": name_of(15), "id_number": id_of(14)}
            assert (await http.post(path, json=wrong, headers=headers)).json() == {"match": False}
        limited = await http.post(path, json=good, headers=headers)
        assert (limited.status_code, limited.json()["code"]) == (429, "match-limited")
        malformed = await http.post(path, json={**good, "id_number": "123456789012345678"}, headers=headers)
        assert malformed.status_code == 400

    async def test_documents(self, http: httpx.AsyncClient) -> None:
        """OpenAPI 3.1 with every route of this door and nothing else; the page needs no script."""
        document = (await http.get("/api/v1/openapi.json")).json()
        assert document["openapi"].startswith("3.1")
        assert "/api/v1/presentations" in document["paths"]
        assert all(path.startswith(("/api/v1", "/oauth/token")) for path in document["paths"])
        page = await http.get("/api/v1/docs")
        assert page.status_code == 200
        assert "<script" not in page.text.split("</head>")[1]
