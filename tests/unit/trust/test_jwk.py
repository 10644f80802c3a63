"""Public JWKs of others."""

from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from zhizhao.trust.errors import PrivateKeyRefused, PublicKeyRefused
from zhizhao.trust.es256 import load_p256_private, load_p256_public, new_p256, p256_from_coordinates
from zhizhao.trust.jwk import jwk_of_pem, read_jwk_set, read_public_jwk
from zhizhao.trust.sm2 import new_sm2

KEY = new_p256()
JWK = {name: value for name, value in KEY.public.jwk().items() if name != "kid"}
ZERO = "A" * 43


class TestOneKey:
    """One JWK."""

    def test_reads_what_another_library_writes(self) -> None:
        """The thumbprint agrees with joserfc's (RFC 7638)."""
        foreign = ECKey.generate_key("P-256")
        assert read_public_jwk(foreign.as_dict(private=False)).kid == foreign.thumbprint()

    @pytest.mark.parametrize(
        "extra", [{"alg": "ES256"}, {"use": "sig"}, {"key_ops": ["verify"]}, {"kid": "x", "y2": 1}]
    )
    def test_matching_uses(self, extra: dict[str, Any]) -> None:
        """Stated uses that fit are fine."""
        assert read_public_jwk({**JWK, **extra}).kid == KEY.public.kid

    @pytest.mark.parametrize(
        "change",
        [
            *({"kty": "RSA"}, {"kty": "oct"}, {"crv": "P-384"}, {"crv": "SM2"}, {"crv": None}, {"alg": "ES384"}),
            *({"alg": "none"}, {"alg": None}, {"use": "enc"}, {"key_ops": ["encrypt"]}, {"key_ops": "verify"}),
            *({"d": ZERO}, {"k": "AA"}, {"d": None}, {"x": None}, {"y": 1}, {"x": ZERO}, {"y": ZERO}),
            *({"x": ZERO, "y": ZERO}, {"x": JWK["x"] + "A"}, {"x": JWK["x"][:-1]}, {"x": JWK["x"][:-1] + "="}),
            *({"x": JWK["y"], "y": JWK["x"]}, {"x": "+" + JWK["x"][1:]}, {"x": " " + JWK["x"][1:]}, {"x": "é" * 43}),
        ],
    )
    def test_refused(self, change: dict[str, Any]) -> None:
        """Another kind, a private part, or no point."""
        with pytest.raises(PublicKeyRefused):
            read_public_jwk({**JWK, **change})

    @pytest.mark.parametrize("value", [None, [], "x", 1, {}])
    def test_no_object(self, value: object) -> None:
        """What is no JWK."""
        with pytest.raises(PublicKeyRefused):
            read_public_jwk(value)


class TestSet:
    """A JWK Set."""

    def test_passes_other_kinds_over(self) -> None:
        """Keys for other uses may be there."""
        others = [RSAKey.generate_key(2048), OKPKey.generate_key("Ed25519"), ECKey.generate_key("P-384")]
        members = [other.as_dict(private=False) for other in others]
        members += [{**JWK, "use": "enc"}, {**JWK, "alg": "ES256K"}, {**JWK, "kid": 7}]
        assert [(kid, key.kid) for kid, key in read_jwk_set({"keys": members})] == [(None, KEY.public.kid)]

    @pytest.mark.parametrize(
        "keys",
        [
            *(None, [], [{}], ["x"], [JWK] * 33, "keys", [OctKey.generate_key(256).as_dict(private=True)]),
            [JWK, ECKey.generate_key("P-256").as_dict(private=True)],
            [JWK, OctKey.generate_key(256).as_dict(private=True)],
            [JWK, {"kty": "RSA", "n": "AQ", "e": "AQAB", "d": "AQ"}],
        ],
    )
    def test_refused(self, keys: object) -> None:
        """Empty, endless, or with a secret inside."""
        with pytest.raises(PublicKeyRefused):
            read_jwk_set({"keys": keys})


@pytest.mark.parametrize("x", ["", "AA", ZERO + "A", ZERO + "AAAA"])
def test_coordinates_have_32_bytes(x: str) -> None:
    """Shorter and longer ones are refused below too."""
    with pytest.raises(PublicKeyRefused):
        p256_from_coordinates(x, JWK["y"])


class TestFiles:
    """PEM and DER."""

    def test_pem(self) -> None:
        """A command's PEM becomes a JWK with the thumbprint as kid, a private PEM too, without its secret."""
        foreign = ECKey.generate_key("P-256")
        for private in (False, True):
            jwk = jwk_of_pem(foreign.as_pem(private=private).decode())
            assert (jwk["kid"], jwk["x"]) == (foreign.thumbprint(), foreign.as_dict(private=False)["x"])
            assert "d" not in jwk

    @pytest.mark.parametrize("pem", ["", "x", "-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----\n"])
    def test_no_pem(self, pem: str) -> None:
        """What is no key is named so."""
        with pytest.raises(PublicKeyRefused):
            jwk_of_pem(pem)

    def test_der(self) -> None:
        """Keys come back from their DER; other curves and rubbish do not."""
        assert load_p256_private(KEY.pkcs8()).public.kid == KEY.public.kid
        assert load_p256_public(KEY.public.spki()).kid == KEY.public.kid
        other = ECKey.generate_key("P-384")
        for der in (b"", b"x", other.as_der(private=False), new_sm2().public.spki()):
            with pytest.raises(PublicKeyRefused):
                load_p256_public(der)
        for der in (b"", b"x", other.as_der(private=True), new_sm2().pkcs8()):
            with pytest.raises(PrivateKeyRefused):
                load_p256_private(der)
