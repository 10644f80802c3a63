"""F2: at least 300 forged forms of each kind of token, none accepted; the control accepts some."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from factories.forgeries import Genuine, forgeries, trusts_the_header
from zhizhao.kernel.clock import HeldClock
from zhizhao.trust.dpop import verify_proof
from zhizhao.trust.errors import SignatureBad, TokenRefused
from zhizhao.trust.es256 import P256Private, P256Public, load_p256_public, new_p256
from zhizhao.trust.file_provider import FileKeys
from zhizhao.trust.foreign_jws import verify_client_assertion, verify_with_key
from zhizhao.trust.jws import verify_compact
from zhizhao.trust.keys import Purpose

LEAST = 300
AUDIENCE = "https://zhizhao.example/oauth/token"
Verify = Callable[[str], object]


def public_of(keys: FileKeys, purpose: Purpose) -> P256Public:
    """Return the current public key of a purpose."""
    return load_p256_public(keys.public(keys.current(purpose)).spki())


def claims_at(clock: HeldClock, **claims: Any) -> dict[str, Any]:
    """Return claims that are in time."""
    now = int(clock.now().timestamp())
    return {"iss": "cli_x", "sub": "cli_x", "aud": AUDIENCE, "exp": now + 60, "iat": now, "jti": "j" * 22, **claims}


def refused(verify: Verify, token: str) -> bool:
    """Return whether the verifier refuses, by its own error and no other."""
    try:
        verify(token)
    except TokenRefused:
        return True
    return False


def check_all(genuine: Genuine, verify: Verify) -> None:
    """Every form is refused, there are enough of them, and the genuine token passes."""
    verify(genuine.token())
    forms = list(forgeries(genuine))
    assert len({token for _, token in forms}) >= LEAST
    assert [name for name, token in forms if not refused(verify, token)] == []
    verify(genuine.token())


OWN = [
    *((Purpose.ACCESS, "at+jwt"), (Purpose.RECEIPT, "receipt+jwt"), (Purpose.OIDC, "JWT")),
    *((Purpose.STATUS_LIST, "statuslist+jwt"), (Purpose.LEDGER, "ledger-head+jwt"), (Purpose.ISSUER, "dc+sd-jwt")),
]


def own(keys: FileKeys, clock: HeldClock, *, purpose: Purpose, typ: str) -> Genuine:
    """Return one of our own tokens to forge."""
    kid = keys.current(purpose)
    return Genuine(
        header={"alg": "ES256", "typ": typ, "kid": kid},
        claims=claims_at(clock),
        sign=lambda message: keys.sign(kid, purpose, message),
        public=public_of(keys, purpose),
        types=frozenset({typ}),
    )


class TestOwnTokens:
    """Tokens that we issue."""

    @pytest.mark.parametrize(("purpose", "typ"), OWN)
    def test_no_forgery_is_accepted(self, keys: FileKeys, held_clock: HeldClock, purpose: Purpose, typ: str) -> None:
        """Each kind, each form."""

        def verify(token: str) -> object:
            return verify_compact(token, keys=keys, expected_purpose=purpose, expected_typ=typ)

        check_all(own(keys, held_clock, purpose=purpose, typ=typ), verify)

    def test_no_kind_passes_as_another(self, keys: FileKeys, held_clock: HeldClock) -> None:
        """Each kind's genuine token is refused by every other kind's verifier."""
        for purpose, typ in OWN:
            token = own(keys, held_clock, purpose=purpose, typ=typ).token()
            for other, kind in OWN:
                passes = (other, kind) == (purpose, typ)
                verify = Checker(keys, other, kind)
                assert refused(verify, token) is not passes

    def test_control_a_verifier_that_trusts_the_header(self, keys: FileKeys, held_clock: HeldClock) -> None:
        """Control: the careless verifier accepts dozens of the same forms, so the forms are real attacks."""
        genuine = own(keys, held_clock, purpose=Purpose.ACCESS, typ="at+jwt")
        accepted = list(fooled(genuine))
        assert "alg 'none' unsigned" in accepted
        assert "alg 'HS256' mac spki" in accepted
        assert any(name.startswith("attacker ['x5c']") for name in accepted)
        assert len(accepted) > 30

    def test_hints_to_keys_are_ignored(self, keys: FileKeys, held_clock: HeldClock) -> None:
        """A genuine token with `jku`, `x5u`, `x5c` or `jwk` is verified with our key all the same."""
        genuine = own(keys, held_clock, purpose=Purpose.ACCESS, typ="at+jwt")
        attacker = new_p256().public.jwk()
        for hint in ({"jku": "https://a.example"}, {"x5u": "https://a.example"}, {"x5c": ["AA"]}, {"jwk": attacker}):
            Checker(keys, Purpose.ACCESS, "at+jwt")(genuine.token(**hint))

    def test_sm2_is_no_jws(self, keys: FileKeys) -> None:
        """The SM2 issuer's key signs no compact JWS: ES256 is the only algorithm here."""
        genuine = Genuine(
            header={"alg": "ES256", "typ": "x", "kid": keys.current(Purpose.ISSUER_SM2)},
            claims={},
            sign=lambda message: keys.sign(keys.current(Purpose.ISSUER_SM2), Purpose.ISSUER_SM2, message),
            public=public_of(keys, Purpose.ISSUER),
            types=frozenset({"x"}),
        )
        assert refused(Checker(keys, Purpose.ISSUER_SM2, "x"), genuine.token())


class Checker:
    """Verify one kind of our own tokens."""

    def __init__(self, keys: FileKeys, purpose: Purpose, typ: str) -> None:
        self.keys, self.purpose, self.typ = keys, purpose, typ

    def __call__(self, token: str) -> object:
        """Verify."""
        return verify_compact(token, keys=self.keys, expected_purpose=self.purpose, expected_typ=self.typ)


def fooled(genuine: Genuine) -> Iterator[str]:
    """Yield the forms that the careless verifier accepts."""
    for name, token in forgeries(genuine):
        try:
            trusts_the_header(token, genuine.public)
        except (ValueError, KeyError, TypeError, SignatureBad, RecursionError):
            continue
        yield name


@pytest.fixture
def client() -> P256Private:
    """Give a client's key."""
    return new_p256()


class TestForeignTokens:
    """Tokens that clients and devices sign."""

    def test_client_assertions(self, client: P256Private, held_clock: HeldClock) -> None:
        """No form passes for a `private_key_jwt` assertion."""
        jwks = {"keys": [client.public.jwk(), new_p256().public.jwk()]}
        genuine = Genuine(
            header={"alg": "ES256", "typ": "JWT", "kid": client.public.kid},
            claims=claims_at(held_clock),
            sign=client.sign,
            public=client.public,
            types=frozenset({None, "JWT", "client-authentication+jwt"}),
        )

        def verify(token: str) -> object:
            return verify_client_assertion(
                token, jwks, expected_client="cli_x", expected_aud=frozenset({AUDIENCE}), now=held_clock.now()
            )

        check_all(genuine, verify)

    def test_device_signatures(self, client: P256Private, held_clock: HeldClock) -> None:
        """No form passes for a token of one registered key; `kid` counts for nothing there."""
        genuine = Genuine(
            header={"alg": "ES256", "typ": "kb+jwt"},
            claims=claims_at(held_clock),
            sign=client.sign,
            public=client.public,
            types=frozenset({"kb+jwt"}),
            carries_key=True,
        )
        check_all(genuine, lambda token: verify_with_key(token, client.public, expected_typ="kb+jwt"))

    def test_dpop_proofs(self, client: P256Private, held_clock: HeldClock) -> None:
        """No form passes for a proof bound to a known key."""
        jwk = {name: value for name, value in client.public.jwk().items() if name != "kid"}
        genuine = Genuine(
            header={"alg": "ES256", "typ": "dpop+jwt", "jwk": jwk},
            claims=claims_at(held_clock, htm="POST", htu="https://zhizhao.example/x"),
            sign=client.sign,
            public=client.public,
            types=frozenset({"dpop+jwt"}),
            carries_key=True,
        )

        def verify(token: str) -> object:
            return verify_proof(
                token,
                expected_method="POST",
                expected_url="https://zhizhao.example/x",
                now=held_clock.now(),
                expected_thumbprint=client.public.kid,
                window=timedelta(seconds=60),
            )

        check_all(genuine, verify)
