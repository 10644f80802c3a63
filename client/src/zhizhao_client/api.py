"""The relying party's side: redeem codes, read verifications, fetch archive copies and proofs (INTERFACES.md §4)."""

import secrets
import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

from cryptography.hazmat.primitives.asymmetric import ec

from zhizhao_client import jose
from zhizhao_client.errors import Problem, Unreachable
from zhizhao_client.http import connect, exchange

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
RENEW_BEFORE = 30
"""Seconds before its end at which a token is taken anew."""
TRIES = 4
WAIT_IS_FINE = frozenset({"busy", "commit-unknown", "peak-exceeded"})
LONGEST_WAIT = 5.0
PAUSE = 0.5
"""Seconds before a request is sent again that got no answer."""


def _path(presentation_id: str) -> str:
    """Return the address of a presentation; whatever the id holds stays one part of it."""
    return f"/api/v1/presentations/{quote(presentation_id, safe='')}"


class RelyingParty:
    """One client of one installation; safe for one thread."""

    def __init__(
        self,
        server: str,
        client_id: str,
        *,
        secret: str | None = None,
        key: ec.EllipticCurvePrivateKey | None = None,
        kid: str | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.server = server.rstrip("/")
        self.client_id = client_id
        self._secret = secret
        self._key = key
        self._kid = kid
        self._sleep = sleep
        self._http = connect(server)
        self._token = ""
        self._until = 0.0

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def redeem(
        self,
        code: str,
        *,
        matter: str,
        purpose: str,
        case_number: str | None = None,
        operator: str | None = None,
        fields: Sequence[str] | None = None,
        idempotency_key: str | None = None,
    ) -> dict[str, Any]:
        """Redeem one presentation code. Raises Problem, Unreachable.

        The same idempotency key goes with every try, so an answer that was lost on the way is found again. Keep your
        own key if your program may end meanwhile: with it the answer can be asked for a day.
        """
        wanted = {
            "code": code,
            "matter": matter,
            "purpose": purpose,
            "case_number": case_number,
            "operator": operator,
            "fields": None if fields is None else list(fields),
        }
        body = {name: value for name, value in wanted.items() if value is not None}
        headers = {"Idempotency-Key": idempotency_key or str(uuid.uuid4())}
        return self._json("POST", "/api/v1/presentations", json=body, headers=headers)

    def presentation(self, presentation_id: str) -> dict[str, Any]:
        """Look at one of your presentations again."""
        return self._json("GET", _path(presentation_id))

    def of_case(self, case_number: str) -> list[dict[str, Any]]:
        """List your presentations of a case, newest first."""
        found = self._json("GET", "/api/v1/presentations", params={"case_number": case_number})
        return list(found["presentations"])

    def archive_pdf(self, presentation_id: str) -> bytes:
        """Fetch the signed archive copy."""
        return self._send("GET", _path(presentation_id) + "/licence.pdf").content  # type: ignore[no-any-return] # httpx gives bytes

    def proof(self, presentation_id: str) -> dict[str, Any]:
        """Fetch the inclusion proof; `leaf` is None until the entry is sealed."""
        return self._json("GET", _path(presentation_id) + "/proof")

    def holder_match(
        self, presentation_id: str, *, name: str, id_number: str, idempotency_key: str | None = None
    ) -> bool:
        """Compare a person with the presenter; a repeated key is not counted again. Raises Problem, Unreachable."""
        body = {"name": name, "id_number": id_number}
        headers = {"Idempotency-Key": idempotency_key or str(uuid.uuid4())}
        return bool(self._json("POST", _path(presentation_id) + "/holder-match", json=body, headers=headers)["match"])

    def matters(self) -> list[dict[str, Any]]:
        """List the matters you were granted."""
        return list(self._send("GET", "/api/v1/matters").json())

    def client(self) -> dict[str, Any]:
        """See your own scope, quota and use."""
        return self._json("GET", "/api/v1/client")

    def jwks(self) -> dict[str, Any]:
        """Fetch the installation's public keys."""
        return dict(exchange(self._http, "GET", "/.well-known/jwks.json").json())

    def _json(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        return dict(self._send(method, path, **options).json())

    def _send(self, method: str, path: str, **options: Any) -> Any:
        headers = dict(options.pop("headers", {}))
        for left in reversed(range(TRIES)):
            headers["Authorization"] = f"Bearer {self._access_token()}"
            try:
                return exchange(self._http, method, path, headers=headers, **options)
            except Problem as problem:
                if problem.code == "invalid-token":
                    self._token = ""
                elif problem.code not in WAIT_IS_FINE:
                    raise
                if not left:
                    raise
                self._sleep(min(problem.retry_after or 0.0, LONGEST_WAIT))
            except Unreachable:  # every request of ours may be sent again: it reads, or carries its key
                if not left:
                    raise
                self._sleep(PAUSE)
        raise AssertionError  # pragma: no cover - the last try returns or raises

    def _access_token(self) -> str:
        if not self._token or time.monotonic() > self._until:
            answer = exchange(self._http, "POST", "/oauth/token", **self._credentials()).json()
            self._token = str(answer["access_token"])
            self._until = time.monotonic() + float(answer["expires_in"]) - RENEW_BEFORE
        return self._token

    def _credentials(self) -> dict[str, Any]:
        form = {"grant_type": "client_credentials"}
        if self._key is None:
            return {"data": form, "auth": (self.client_id, self._secret or "")}
        now = int(time.time())
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": f"{self.server}/oauth/token",
            "iat": now,
            "exp": now + 60,
            "jti": secrets.token_urlsafe(16),
        }
        header = {"alg": "ES256", "typ": "JWT"} | ({"kid": self._kid} if self._kid else {})
        assertion = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": jose.sign(self._key, header, claims)}
        return {"data": {**form, "client_id": self.client_id, **assertion}}
