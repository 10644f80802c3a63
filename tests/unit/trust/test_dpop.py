"""DPoP proofs, RFC 9449 §4.3, check by check."""

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest

from zhizhao.kernel.clock import HeldClock
from zhizhao.trust.base64url import b64url_text
from zhizhao.trust.dpop import Proof, verify_proof
from zhizhao.trust.errors import TokenClaimRefused, TokenMalformed, TokenOutOfTime, TokenUntrusted
from zhizhao.trust.es256 import P256Private, new_p256

URL = "https://zhizhao.example/wallet/api/show"
KEY = new_p256()
JWK = {name: value for name, value in KEY.public.jwk().items() if name != "kid"}
ACCESS = "an.access.token"
ATH = "cD6O9UxPzy9DPLD8c4hi2J1CC8cjoLGiFLaB8BQqbcU"


def proof(clock: HeldClock, *, key: P256Private = KEY, header: dict[str, Any] | None = None, **claims: Any) -> str:
    """Make a proof; a claim set to `...` is left out."""
    given = {"jti": "j1", "htm": "POST", "htu": URL, "iat": int(clock.now().timestamp()), **claims}
    body = json.dumps({name: value for name, value in given.items() if value is not ...})
    head = json.dumps({"typ": "dpop+jwt", "alg": "ES256", "jwk": JWK, **(header or {})})
    signed = f"{b64url_text(head.encode())}.{b64url_text(body.encode())}"
    return f"{signed}.{b64url_text(key.sign(signed.encode()))}"


def check(text: str, clock: HeldClock, **changes: Any) -> Proof:
    """Verify a proof for POST on URL."""
    return verify_proof(text, **{"expected_method": "POST", "expected_url": URL, "now": clock.now(), **changes})


def test_a_good_proof(held_clock: HeldClock) -> None:
    """The result names the key, the proof's own id and its end."""
    found = check(proof(held_clock), held_clock, expected_thumbprint=KEY.public.kid)
    assert (found.thumbprint, found.jwk, found.jti) == (KEY.public.kid, JWK, "j1")
    assert found.expires_at - found.issued_at == 120


def test_the_worked_example_of_the_rfc(held_clock: HeldClock) -> None:
    """RFC 9449 §4.1, example 2, verifies at its own moment and has the thumbprint of its example."""
    text = (
        "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJo"
        "RjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19."
        "eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0"
        "IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg"
    )
    held_clock.at = held_clock.at.fromtimestamp(1562262616, held_clock.at.tzinfo)
    found = check(text, held_clock, expected_url="https://server.example.com/token")
    assert found.thumbprint == "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"


@pytest.mark.parametrize(
    "url",
    [
        *(
            URL + "?a=1",
            URL + "#f",
            "https://ZHIZHAO.example/wallet/api/show",
            "HTTPS://zhizhao.example/wallet/api/show",
        ),
        "https://zhizhao.example:443/wallet/api/show",
    ],
)
def test_the_same_url_otherwise_spelt(held_clock: HeldClock, url: str) -> None:
    """Query and fragment do not count, scheme and host in any case, the usual port may be named."""
    check(proof(held_clock, htu=url), held_clock)


def test_bound_to_an_access_token(held_clock: HeldClock) -> None:
    """`ath` is the token's hash; without it, or with another's, a token is not accepted."""
    ath = b64url_text(hashlib.sha256(ACCESS.encode()).digest())
    check(proof(held_clock, ath=ath), held_clock, access_token=ACCESS)
    for wrong in (..., None, "", ATH, 1):
        with pytest.raises(TokenClaimRefused):
            check(proof(held_clock, ath=wrong), held_clock, access_token=ACCESS)


def test_bound_to_another_key(held_clock: HeldClock) -> None:
    """A good proof of another key is refused where a key is bound."""
    with pytest.raises(TokenUntrusted):
        check(proof(held_clock), held_clock, expected_thumbprint=new_p256().public.kid)


def test_our_nonce(held_clock: HeldClock) -> None:
    """If we gave nonces, one of them must come back."""
    check(proof(held_clock, nonce="n2"), held_clock, expected_nonces=("n1", "n2"))
    for nonce in (..., None, "n3"):
        with pytest.raises(TokenClaimRefused):
            check(proof(held_clock, nonce=nonce), held_clock, expected_nonces=("n1", "n2"))


@pytest.mark.parametrize("seconds", [-60, 0, 60])
def test_fresh(held_clock: HeldClock, seconds: int) -> None:
    """A minute before and after."""
    check(proof(held_clock, iat=int(held_clock.now().timestamp()) + seconds), held_clock)


@pytest.mark.parametrize("seconds", [-61, 61, 10**6, -(10**6)])
def test_stale(held_clock: HeldClock, seconds: int) -> None:
    """More is refused."""
    with pytest.raises(TokenOutOfTime):
        check(proof(held_clock, iat=int(held_clock.now().timestamp()) + seconds), held_clock)


def test_a_narrower_window(held_clock: HeldClock) -> None:
    """The caller may allow less."""
    text = proof(held_clock)
    held_clock.move(seconds=6)
    check(text, held_clock)
    with pytest.raises(TokenOutOfTime):
        check(text, held_clock, window=timedelta(seconds=5))


@pytest.mark.parametrize(
    ("claims", "error"),
    [
        *[({"htm": value}, TokenClaimRefused) for value in (..., None, "GET", "post", "", 1)],
        *[({"htu": value}, TokenClaimRefused) for value in (..., None, "", 1, URL + "/", "http://zhizhao.example/x")],
        ({"htu": "http://zhizhao.example/wallet/api/show"}, TokenClaimRefused),
        ({"htu": "https://zhizhao.example:8443/wallet/api/show"}, TokenClaimRefused),
        ({"htu": "https://zhizhao.example:99999/wallet/api/show"}, TokenClaimRefused),
        ({"htu": "https://[bad/wallet/api/show"}, TokenClaimRefused),
        ({"htu": "/wallet/api/show"}, TokenClaimRefused),
        *[({"iat": value}, TokenOutOfTime) for value in (..., None, "1", True)],
        *[({"jti": value}, TokenClaimRefused) for value in (..., None, "", 1, "j" * 257)],
    ],
)
def test_wrong_claims(held_clock: HeldClock, claims: dict[str, Any], error: type[Exception]) -> None:
    """Every claim is checked."""
    with pytest.raises(error):
        check(proof(held_clock, **claims), held_clock)


@pytest.mark.parametrize(
    "header",
    [
        *({"typ": "jwt"}, {"typ": None}, {"alg": "none"}, {"alg": "HS256"}, {"jwk": None}, {"jwk": "x"}, {"jwk": {}}),
        *({"jwk": {**JWK, "d": "A" * 43}}, {"jwk": {**JWK, "crv": "P-384"}}, {"jwk": {"kty": "oct", "k": "AA"}}),
        {"jwk": {name: value for name, value in new_p256().public.jwk().items() if name != "kid"}},
    ],
)
def test_wrong_headers(held_clock: HeldClock, header: dict[str, Any]) -> None:
    """Kind, algorithm, and a public P-256 key that signed it."""
    with pytest.raises(TokenUntrusted):
        check(proof(held_clock, header=header), held_clock)


def test_without_jwk(held_clock: HeldClock) -> None:
    """A proof without a key is refused."""
    head = b64url_text(b'{"typ":"dpop+jwt","alg":"ES256"}')
    signed = f"{head}.{b64url_text(b'{}')}"
    with pytest.raises(TokenUntrusted):
        check(f"{signed}.{b64url_text(KEY.sign(signed.encode()))}", held_clock)


def test_too_long(held_clock: HeldClock) -> None:
    """Four kibibytes, to the character."""
    for length, reason in ((4096, "form"), (4097, "length")):
        with pytest.raises(TokenMalformed) as caught:
            check("a" * length, held_clock)
        assert caught.value.facts["reason"] == reason
    with pytest.raises(TokenMalformed):
        check(proof(held_clock, extra="x" * 4096), held_clock)
