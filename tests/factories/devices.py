"""Made-up wallets: keys of phones, devices, and an opened wallet to call verbs on."""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from zhizhao.trust.es256 import P256Private, new_p256
from zhizhao.wallet.device import Device, DeviceState

DEVICE = Device(
    device_id="dev_0000000000000000000000",
    person_id="per_0000000000000000000000",
    number=1,
    label="我的手机",
    thumbprint="thumbprint",
    public_jwk={},
    state=DeviceState.ACTIVE,
    pin_failures=0,
    proved_at=datetime(2026, 11, 23, tzinfo=UTC),
    enrolled_at=datetime(2026, 11, 23, tzinfo=UTC),
    ended_at=None,
)


def made_up_device(**parts: object) -> Device:
    """Return a device that differs from the usual one in the given fields."""
    return replace(DEVICE, **parts)  # type: ignore[arg-type] # names are the caller's


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class PhoneKey:
    """The key pair inside a phone, and the DPoP proofs it makes (RFC 9449)."""

    private: P256Private = field(default_factory=new_p256)

    @property
    def jwk(self) -> Mapping[str, str]:
        """Return the public JWK."""
        full = self.private.public.jwk()
        return {name: full[name] for name in ("kty", "crv", "x", "y")}

    @property
    def thumbprint(self) -> str:
        """Return the RFC 7638 thumbprint."""
        return self.private.public.kid

    def proof(self, method: str, url: str, *, at: datetime, token: str | None = None, jti: str | None = None) -> str:
        """Return a DPoP proof for one request."""
        header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self.jwk}
        claims: dict[str, object] = {
            "jti": jti or secrets.token_urlsafe(16),
            "htm": method,
            "htu": url,
            "iat": int(at.timestamp()),
        }
        if token is not None:
            claims["ath"] = _b64(hashlib.sha256(token.encode()).digest())
        signed = f"{_b64(json.dumps(header).encode())}.{_b64(json.dumps(claims).encode())}"
        return f"{signed}.{_b64(self.private.sign(signed.encode()))}"
