"""Client assertions and tokens of registered keys."""

import json
from typing import Any

import joserfc.jwt
import pytest
from joserfc.jwk import ECKey

from zhizhao.kernel.clock import HeldClock
from zhizhao.trust.base64url import b64url_text
from zhizhao.trust.errors import TokenClaimRefused, TokenOutOfTime, TokenUntrusted
from zhizhao.trust.es256 import P256Private, load_p256_public, new_p256
from zhizhao.trust.foreign_jws import verify_client_assertion, verify_with_jwks, verify_with_key
from zhizhao.trust.signature_cache import SignatureCache

AUDIENCE = "https://zhizhao.example/oauth/token"


def token(key: P256Private, claims: dict[str, Any], **header: Any) -> str:
    """Sign claims."""
    signed = (
        f"{b64url_text(json.dumps({'alg': 'ES256', **header}).encode())}.{b64url_text(json.dumps(claims).encode())}"
    )
    return f"{signed}.{b64url_text(key.sign(signed.encode()))}"


@pytest.fixture
def client() -> P256Private:
    """Give a client's key."""
    return new_p256()


@pytest.fixture
def claims(held_clock: HeldClock) -> dict[str, Any]:
    """Give good claims of an assertion."""
    now = int(held_clock.now().timestamp())
    return {"iss": "cli_x", "sub": "cli_x", "aud": AUDIENCE, "exp": now + 60, "iat": now, "jti": "j1"}


def check(assertion: str, jwks: object, clock: HeldClock) -> dict[str, Any]:
    """Verify an assertion."""
    return verify_client_assertion(
        assertion, jwks, expected_client="cli_x", expected_aud=frozenset({AUDIENCE, "https://z"}), now=clock.now()
    )


class TestClientAssertion:
    """RFC 7523 §3."""

    def test_another_librarys_assertion_passes(self, claims: dict[str, Any], held_clock: HeldClock) -> None:
        """What joserfc writes for a client is accepted."""
        key = ECKey.generate_key("P-256", {"kid": "k1"})
        written = joserfc.jwt.encode({"alg": "ES256", "kid": "k1"}, claims, key)
        jwks = {"keys": [key.as_dict(private=False)]}
        assert check(written, jwks, held_clock) == claims

    @pytest.mark.parametrize("header", [{}, {"typ": "JWT"}, {"typ": "client-authentication+jwt"}])
    def test_kinds(
        self, client: P256Private, claims: dict[str, Any], held_clock: HeldClock, header: dict[str, Any]
    ) -> None:
        """No kind, the old name, and the successor's name."""
        assert check(token(client, claims, **header), {"keys": [client.public.jwk()]}, held_clock) == claims

    def test_two_keys_overlap(self, client: P256Private, claims: dict[str, Any], held_clock: HeldClock) -> None:
        """A client rotates with two keys; without `kid` it must say which."""
        other = new_p256()
        jwks = {"keys": [{**client.public.jwk(), "kid": "old"}, {**other.public.jwk(), "kid": "new"}]}
        assert check(token(client, claims, kid="old"), jwks, held_clock) == claims
        assert check(token(other, claims, kid="new"), jwks, held_clock) == claims
        assert check(token(other, claims, kid=other.public.kid), jwks, held_clock) == claims
        for bad in (token(client, claims, kid="new"), token(client, claims), token(client, claims, kid="x")):
            with pytest.raises(TokenUntrusted):
                check(bad, jwks, held_clock)

    def test_iat_may_be_missing(self, client: P256Private, claims: dict[str, Any], held_clock: HeldClock) -> None:
        """RFC 7523 makes it optional."""
        del claims["iat"]
        assert check(token(client, claims), {"keys": [client.public.jwk()]}, held_clock) == claims

    def test_the_longest(self, client: P256Private, claims: dict[str, Any], held_clock: HeldClock) -> None:
        """Ten minutes and the leeway, an id of 256 characters; one more is refused."""
        jwks = {"keys": [client.public.jwk()]}
        end = int(held_clock.now().timestamp()) + 660
        assert check(token(client, {**claims, "exp": end, "jti": "j" * 256}), jwks, held_clock)
        with pytest.raises(TokenClaimRefused):
            check(token(client, {**claims, "exp": end + 1}), jwks, held_clock)

    @pytest.mark.parametrize(
        ("change", "error"),
        [
            ({"sub": "cli_y"}, TokenClaimRefused),
            ({"iss": "cli_y"}, TokenClaimRefused),
            ({"aud": "https://other.example"}, TokenClaimRefused),
            ({"exp": 1}, TokenOutOfTime),
            ({"exp": 99_999_999_999}, TokenClaimRefused),
            *[({"jti": value}, TokenClaimRefused) for value in (None, "", 1, "j" * 257)],
        ],
    )
    def test_refused(
        self,
        client: P256Private,
        claims: dict[str, Any],
        held_clock: HeldClock,
        change: dict[str, Any],
        error: type[Exception],
    ) -> None:
        """A good signature does not excuse a wrong claim."""
        with pytest.raises(error):
            check(token(client, {**claims, **change}), {"keys": [client.public.jwk()]}, held_clock)

    @pytest.mark.parametrize("jwks", [None, [], {}, {"keys": []}, {"keys": [{"kty": "oct", "k": "AA"}]}])
    def test_unusable_sets(
        self, client: P256Private, claims: dict[str, Any], held_clock: HeldClock, jwks: object
    ) -> None:
        """A set that is none, or holds a secret, verifies nothing."""
        with pytest.raises(TokenUntrusted):
            check(token(client, claims), jwks, held_clock)


class TestOneKey:
    """Tokens of one registered key."""

    def test_verifies(self, client: P256Private) -> None:
        """With and without memory."""
        seen = SignatureCache()
        signed = token(client, {"a": 1}, typ="kb+jwt", kid="whatever")
        for memory in (None, seen, seen):
            assert verify_with_key(signed, client.public, expected_typ="kb+jwt", seen=memory) == {"a": 1}
        assert len(seen) == 1

    def test_the_memory_is_per_key(self, client: P256Private) -> None:
        """A remembered signature does not pass under another key."""
        seen = SignatureCache()
        signed = token(client, {"a": 1}, typ="kb+jwt")
        verify_with_key(signed, client.public, expected_typ="kb+jwt", seen=seen)
        with pytest.raises(TokenUntrusted):
            verify_with_key(signed, new_p256().public, expected_typ="kb+jwt", seen=seen)

    def test_kind_is_required(self, client: P256Private) -> None:
        """No other kind, and none at all, passes."""
        for header in ({}, {"typ": "JWT"}):
            with pytest.raises(TokenUntrusted):
                verify_with_key(token(client, {}, **header), client.public, expected_typ="kb+jwt")

    def test_a_set_with_expected_kinds(self, client: P256Private) -> None:
        """`verify_with_jwks` alone checks kind and signature, claims are the caller's."""
        known = load_p256_public(client.public.spki())
        jwks = {"keys": [known.jwk()]}
        assert verify_with_jwks(token(client, {}, typ="x"), jwks, expected_types={"x"}) == {}
        with pytest.raises(TokenUntrusted):
            verify_with_jwks(token(client, {}, typ="x"), jwks, expected_types={"y"})
