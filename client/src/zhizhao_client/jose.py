"""ES256 compact JWS, strictly (RFC 8725): the algorithm is the key's, the type must be the expected one."""

import base64
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from zhizhao_client.errors import NotGenuine

LARGEST = 64 * 1024
HALF = 32


def b64url(data: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64url(text: str) -> bytes:
    """Return the bytes of strict base64url without padding. Raises NotGenuine."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as cause:
        raise NotGenuine(reason="base64url") from cause
    if b64url(data) != text:
        raise NotGenuine(reason="base64url")
    return data


def public_key(jwk: dict[str, Any]) -> ec.EllipticCurvePublicKey:
    """Return the P-256 key of a JWK. Raises NotGenuine."""
    if jwk.get("kty") != "EC" or jwk.get("crv") != "P-256" or "d" in jwk:
        raise NotGenuine(reason="jwk")
    try:
        x, y = (int.from_bytes(unb64url(str(jwk[part])), "big") for part in ("x", "y"))
        return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    except (KeyError, ValueError) as cause:
        raise NotGenuine(reason="jwk") from cause


def verify(token: str, *, jwks: dict[str, Any], expected_typ: str) -> dict[str, Any]:
    """Return the claims of a token signed by one of the keys. Raises NotGenuine.

    In order: (1) size and form; (2) type; (3) no critical extension; (4) the key by `kid` in the given set; (5) ES256;
    (6) the signature.
    """
    parts = token.split(".")
    if len(token) > LARGEST or len(parts) != 3:  # noqa: PLR2004 header, payload, signature
        raise NotGenuine(reason="form")  # (1)
    header = _object(parts[0])
    if header.get("typ") != expected_typ:
        raise NotGenuine(reason="typ")  # (2)
    if "crit" in header or "b64" in header:
        raise NotGenuine(reason="crit")  # (3)
    known = [k for k in jwks.get("keys", []) if k.get("kid") and k.get("kid") == header.get("kid")]
    if len(known) != 1:
        raise NotGenuine(reason="kid")  # (4)
    if header.get("alg") != "ES256" or known[0].get("alg", "ES256") != "ES256":
        raise NotGenuine(reason="alg")  # (5)
    verify_raw(public_key(known[0]), f"{parts[0]}.{parts[1]}".encode(), unb64url(parts[2]))  # (6)
    return _object(parts[1])


def verify_raw(key: ec.EllipticCurvePublicKey, message: bytes, signature: bytes) -> None:
    """Return if 64 bytes r‖s are the key's signature. Raises NotGenuine."""
    if len(signature) != 2 * HALF:
        raise NotGenuine(reason="signature")
    der = encode_dss_signature(int.from_bytes(signature[:HALF], "big"), int.from_bytes(signature[HALF:], "big"))
    try:
        key.verify(der, message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as cause:
        raise NotGenuine(reason="signature") from cause


def sign(key: ec.EllipticCurvePrivateKey, header: dict[str, Any], claims: dict[str, Any]) -> str:
    """Return a compact JWS by ES256."""
    signed = f"{b64url(_json(header))}.{b64url(_json(claims))}"
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{signed}.{b64url(r.to_bytes(HALF, 'big') + s.to_bytes(HALF, 'big'))}"


def public_jwk(key: ec.EllipticCurvePrivateKey) -> dict[str, str]:
    """Return the public JWK of a private key."""
    numbers = key.public_key().public_numbers()
    x, y = (b64url(n.to_bytes(HALF, "big")) for n in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _object(segment: str) -> dict[str, Any]:
    try:
        value = json.loads(unb64url(segment))
    except (ValueError, RecursionError) as cause:
        raise NotGenuine(reason="json") from cause
    if not isinstance(value, dict):
        raise NotGenuine(reason="json")
    return value
