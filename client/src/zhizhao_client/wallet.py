"""A headless wallet: the phone's JSON without a phone, for tests, integrators and demonstrations (INTERFACES.md §6).

Keys and PIN lie in `home`, readable by the owner only, so that every act unlocks by itself. Not for real holders: a
phone keeps its key where nobody can read it.
"""

import hashlib
import json
import os
import secrets
import time
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from zhizhao_client import jose
from zhizhao_client.errors import Problem
from zhizhao_client.http import connect, exchange

KEY = "device-key.pem"
STATE = "wallet.json"
PREFIX = "/wallet/api"


class NotEnrolled(Exception):
    """There is no wallet in the folder; `enrol` makes one."""


class Wallet:
    """One device of one person at one installation."""

    def __init__(self, server: str, home: Path, *, pin: str | None = None) -> None:
        self._http = connect(server)
        self._home = home
        self._key = self._read_key()
        state = self._read_state()
        self._pin = pin or state.get("pin")
        self._base = server.rstrip("/")

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    # ---------------------------------------------------------------- beginning

    def enrol(self, slip: str, id_number: str, pin: str, *, label: str = "命令行钱包") -> dict[str, Any]:
        """Prove the person by a slip, register this key as a device, set the PIN. Raises Problem."""
        proof = self._bare("POST", "/proofs", {"kind": "slip", "slip": slip, "id_number": id_number})["proof"]
        enrolled = self._bare("POST", "/devices", {"proof": proof, "pin": pin, "label": label})
        self._pin = pin
        self._write(STATE, json.dumps({"device": enrolled["device"]["id"], "pin": pin}).encode())
        return enrolled

    # ---------------------------------------------------------------- licences

    def licences(self) -> list[dict[str, Any]]:
        """List the licences that the person may hold now."""
        return list(self._call("GET", "/licences")["licences"])

    def download(self, uscc: str) -> dict[str, Any]:
        """Accept the declaration in force and download a licence to this device."""
        version = self._plain("/info")["declaration"]
        return self._call("POST", f"/licences/{uscc}/download", {"declaration": version}, unlocked=True)

    def show(self, uscc: str, *, matter: str | None = None, role: str | None = None) -> dict[str, Any]:
        """Get one presentation code, good for one redemption."""
        wanted = {"matter": matter, "role": role}
        return self._call("POST", f"/licences/{uscc}/show", {n: v for n, v in wanted.items() if v}, unlocked=True)

    def ticket(self, ticket: str) -> dict[str, Any]:
        """Ask where a code stands: waiting, redeemed or expired."""
        return self._call("GET", f"/tickets/{ticket}")

    def records(self, *, uscc: str | None = None) -> list[dict[str, Any]]:
        """Return the newest use records."""
        return list(self._call("GET", "/records", params={"uscc": uscc} if uscc else None)["records"])

    # ---------------------------------------------------------------- devices and loss

    def devices(self) -> list[dict[str, Any]]:
        """List the person's devices."""
        return list(self._call("GET", "/devices")["devices"])

    def freeze(self, uscc: str) -> None:
        """Freeze a licence everywhere, at once."""
        self._call("POST", f"/licences/{uscc}/freeze", {})

    def unfreeze(self, uscc: str, *, slip: str | None = None, id_number: str | None = None) -> None:
        """Unfreeze a licence: by the PIN what this wallet froze itself, else the person is proved again by a slip."""
        body: dict[str, Any] = {}
        if slip is not None:
            claim = {"kind": "slip", "slip": slip, "id_number": id_number or ""}
            body["proof"] = self._bare("POST", "/proofs", claim)["proof"]
        self._call("POST", f"/licences/{uscc}/unfreeze", body, unlocked=True)

    def reset_pin(self, pin: str, *, slip: str, id_number: str) -> None:
        """Prove the person again and set a new PIN."""
        proof = self._bare("POST", "/proofs", {"kind": "slip", "slip": slip, "id_number": id_number})["proof"]
        self._bare("POST", "/pin/reset", {"proof": proof, "pin": pin})
        self._pin = pin
        self._write(STATE, json.dumps({**self._read_state(), "pin": pin}).encode())

    # ---------------------------------------------------------------- requests

    def public_jwk(self) -> dict[str, str]:
        """Return the device's public key."""
        return jose.public_jwk(self._key)

    def _plain(self, path: str) -> dict[str, Any]:
        return dict(exchange(self._http, "GET", PREFIX + path).json())

    def _bare(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send a request that only the key proves."""
        headers = {"DPoP": self._proof(method, path)}
        return dict(exchange(self._http, method, PREFIX + path, json=body, headers=headers).json())

    def _call(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        params: dict[str, str] | None = None,
        unlocked: bool = False,
    ) -> dict[str, Any]:
        """Send a request with a fresh token bound to the key; `unlocked` asks for one by the PIN."""
        token = self._token(unlocked=unlocked)
        headers = {"Authorization": f"DPoP {token}", "DPoP": self._proof(method, path, token=token)}
        reply = exchange(self._http, method, PREFIX + path, json=body, params=params, headers=headers)
        return dict(reply.json()) if reply.content else {}

    def _token(self, *, unlocked: bool) -> str:
        if not (self._home / STATE).exists():
            raise NotEnrolled(str(self._home))
        path, body = ("/unlock", {"pin": self._pin or ""}) if unlocked else ("/token", {})
        return str(self._bare("POST", path, body)["access_token"])

    def _proof(self, method: str, path: str, *, token: str | None = None) -> str:
        claims: dict[str, Any] = {
            "htm": method,
            "htu": f"{self._base}{PREFIX}{path}",
            "iat": int(time.time()),
            "jti": secrets.token_urlsafe(16),
        }
        if token is not None:
            claims["ath"] = jose.b64url(hashlib.sha256(token.encode()).digest())
        return jose.sign(self._key, {"typ": "dpop+jwt", "alg": "ES256", "jwk": self.public_jwk()}, claims)

    # ---------------------------------------------------------------- files

    def _read_key(self) -> ec.EllipticCurvePrivateKey:
        path = self._home / KEY
        if not path.exists():
            key = ec.generate_private_key(ec.SECP256R1())
            pem = key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            self._write(KEY, pem)
            return key
        found = serialization.load_pem_private_key(path.read_bytes(), None)
        assert isinstance(found, ec.EllipticCurvePrivateKey)  # noqa: S101 only we write this file
        return found

    def _read_state(self) -> dict[str, Any]:
        path = self._home / STATE
        return dict(json.loads(path.read_text("utf-8"))) if path.exists() else {}

    def _write(self, name: str, content: bytes) -> None:
        self._home.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._home / name
        handle = os.open(path.with_suffix(".new"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        path.with_suffix(".new").replace(path)


__all__ = ["NotEnrolled", "Problem", "Wallet"]
