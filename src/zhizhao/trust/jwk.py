"""Public keys of others: JWKs of clients and devices, P-256 only (RFC 7517, RFC 7518 §6.2)."""

from collections.abc import Mapping
from typing import Any, Final

from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from zhizhao.trust.errors import PublicKeyRefused
from zhizhao.trust.es256 import P256Public, p256_from_coordinates

PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
MOST_KEYS: Final = 32
_COORDINATE_TEXT: Final = 43  # 32 bytes in base64url


def read_public_jwk(jwk: object) -> P256Public:
    """Return the P-256 key of a public JWK.

    Checks, in order: (1) an object of kind EC on P-256 for ES256 signatures; (2) no private part, RFC 9449 §4.3 step 7;
    (3) two coordinates of 32 bytes that are a point of the curve. Raises PublicKeyRefused.
    """
    if not isinstance(jwk, Mapping) or jwk.get("kty") != "EC" or jwk.get("crv") != "P-256":  # (1)
        raise PublicKeyRefused(reason="not a P-256 JWK")
    if jwk.get("alg", "ES256") != "ES256" or jwk.get("use", "sig") != "sig":
        raise PublicKeyRefused(reason="not for ES256 signatures")
    operations = jwk.get("key_ops", ["verify"])
    if not isinstance(operations, list) or "verify" not in operations:
        raise PublicKeyRefused(reason="not for verifying")
    if PRIVATE & jwk.keys():  # (2)
        raise PublicKeyRefused(reason="a private part was sent")
    x, y = jwk.get("x"), jwk.get("y")
    if not isinstance(x, str) or not isinstance(y, str) or len(x) != _COORDINATE_TEXT or len(y) != _COORDINATE_TEXT:
        raise PublicKeyRefused(reason="coordinates")
    return p256_from_coordinates(x, y)  # (3)


def read_jwk_set(jwks: object) -> tuple[tuple[str | None, P256Public], ...]:
    """Return the usable keys of a JWK Set with the `kid` each was given; keys of other kinds are passed over.

    A set with a private or symmetric key is refused as a whole: its owner has published a secret.
    Raises PublicKeyRefused.
    """
    keys = jwks.get("keys") if isinstance(jwks, Mapping) else None
    if not isinstance(keys, list) or not 0 < len(keys) <= MOST_KEYS:
        raise PublicKeyRefused(reason="not a JWK Set of 1 to 32 keys")
    if any(isinstance(key, Mapping) and PRIVATE & key.keys() for key in keys):
        raise PublicKeyRefused(reason="the set holds a secret")
    usable = tuple((_kid(key), read_public_jwk(key)) for key in keys if _is_ours(key))
    if not usable:
        raise PublicKeyRefused(reason="no P-256 signature key in the set")
    return usable


def _is_ours(key: object) -> bool:
    """Return whether this member is a P-256 signature key; others may be there for other uses (RFC 7517 §5)."""
    return (
        isinstance(key, Mapping)
        and key.get("kty") == "EC"
        and key.get("crv") == "P-256"
        and key.get("use", "sig") == "sig"
        and key.get("alg", "ES256") == "ES256"
    )


def _kid(key: Mapping[str, Any]) -> str | None:
    kid = key.get("kid")
    return kid if isinstance(kid, str) else None


def jwk_of_pem(pem: str) -> dict[str, Any]:
    """Return the public JWK of a PEM public key, for commands that register a client. Raises PublicKeyRefused."""
    try:
        key = ECKey.import_key(pem)
        raw = key.as_dict(private=False)
    except (JoseError, ValueError, TypeError, AttributeError) as cause:
        raise PublicKeyRefused(reason="not a PEM public key") from cause
    return read_public_jwk(raw).jwk()
