"""Our own compact JWS: signing, the signature cache, the published keys."""

import json
from typing import Any

import joserfc.jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc.jwk import KeySet

from zhizhao.trust.base64url import b64url_text, unb64url
from zhizhao.trust.errors import SignatureBad, TokenMalformed, TokenRefused, TokenUntrusted
from zhizhao.trust.es256 import P256Public
from zhizhao.trust.file_provider import FileKeys
from zhizhao.trust.jws import LONGEST_CREDENTIAL, claims_of, jwk_set, sign_compact, take_apart, verify_compact
from zhizhao.trust.keys import Purpose

CLAIMS = {"sub": "济宁", "n": 1, "list": [1, "a", None]}


def verify(token: str, keys: FileKeys, **changes: Any) -> dict[str, Any]:
    """Verify an access token."""
    return verify_compact(token, keys=keys, expected_purpose=Purpose.ACCESS, expected_typ="at+jwt", **changes)


class TestSign:
    """What goes out."""

    def test_claims_come_back(self, keys: FileKeys) -> None:
        """Claims and ready bytes alike."""
        assert verify(sign_compact(keys, Purpose.ACCESS, CLAIMS, typ="at+jwt"), keys) == CLAIMS
        assert verify(sign_compact(keys, Purpose.ACCESS, b'{"a":1}', typ="at+jwt"), keys) == {"a": 1}

    def test_the_header_is_ours(self, keys: FileKeys) -> None:
        """Algorithm, kind and key, nothing else."""
        token = sign_compact(keys, Purpose.ACCESS, CLAIMS, typ="at+jwt")
        header = json.loads(unb64url(token.split(".")[0].encode()))
        assert header == {"alg": "ES256", "typ": "at+jwt", "kid": keys.current(Purpose.ACCESS)}

    def test_another_library_verifies(self, keys: FileKeys) -> None:
        """Joserfc takes our token with our published set, and refuses a changed one."""
        token = sign_compact(keys, Purpose.OIDC, CLAIMS, typ="JWT")
        known = KeySet.import_key_set(jwk_set(keys, [Purpose.OIDC, Purpose.RECEIPT]))
        assert joserfc.jwt.decode(token, known, algorithms=["ES256"]).claims == CLAIMS
        with pytest.raises(Exception, match="bad_signature"):
            joserfc.jwt.decode(token[:-4] + "AAAA", known, algorithms=["ES256"])

    def test_another_librarys_spelling(self, keys: FileKeys) -> None:
        """White space inside the claims, as another writer may put it, is no hindrance."""
        other = sign_compact(keys, Purpose.ACCESS, json.dumps(CLAIMS, indent=1).encode(), typ="at+jwt")
        assert verify(other, keys) == CLAIMS


class TestCache:
    """Signatures are remembered, verdicts never."""

    @pytest.fixture
    def computed(self, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
        """Count the signatures that were really computed."""
        seen: list[bytes] = []
        plain = P256Public.verify

        def counted(self: P256Public, message: bytes, signature: bytes) -> None:
            seen.append(message)
            plain(self, message, signature)

        monkeypatch.setattr(P256Public, "verify", counted)
        return seen

    def test_the_same_bytes_are_computed_once(self, keys: FileKeys, computed: list[bytes]) -> None:
        """Three times verified, once computed; other bytes are computed anew."""
        token = sign_compact(keys, Purpose.ACCESS, CLAIMS, typ="at+jwt")
        for _ in range(3):
            verify(token, keys)
        assert len(computed) == 1
        verify(sign_compact(keys, Purpose.ACCESS, CLAIMS, typ="at+jwt"), keys)
        assert len(computed) == 2

    def test_a_bad_signature_is_never_remembered(self, keys: FileKeys, computed: list[bytes]) -> None:
        """It is computed and refused every time."""
        token = sign_compact(keys, Purpose.ACCESS, CLAIMS, typ="at+jwt")
        bad = token[:-8] + ("AAAAAAAA" if token[-8:] != "AAAAAAAA" else "BBBBBBBB")
        for _ in range(2):
            with pytest.raises(TokenUntrusted):
                verify(bad, keys)
        assert len(computed) == 2
        assert len(keys.signatures) == 0

    def test_a_remembered_token_of_a_withdrawn_key_is_refused(self, keys: FileKeys) -> None:
        """The key's standing is asked every time, cached or not."""
        token = sign_compact(keys, Purpose.ACCESS, CLAIMS, typ="at+jwt")
        verify(token, keys)
        keys.rotate(Purpose.ACCESS, compromised=True)
        with pytest.raises(TokenUntrusted):
            verify(token, keys)

    def test_any_change_of_keys_empties_the_memory(self, keys: FileKeys, computed: list[bytes]) -> None:
        """The epoch is part of the entry's name."""
        token = sign_compact(keys, Purpose.ACCESS, CLAIMS, typ="at+jwt")
        verify(token, keys)
        keys.rotate(Purpose.OIDC)
        verify(token, keys)
        assert len(computed) == 2

    def test_kind_and_purpose_are_asked_again(self, keys: FileKeys) -> None:
        """A remembered signature does not let the token pass as another kind."""
        token = sign_compact(keys, Purpose.ACCESS, CLAIMS, typ="at+jwt")
        verify(token, keys)
        with pytest.raises(TokenUntrusted):
            verify_compact(token, keys=keys, expected_purpose=Purpose.ACCESS, expected_typ="JWT")
        with pytest.raises(TokenUntrusted):
            verify_compact(token, keys=keys, expected_purpose=Purpose.OIDC, expected_typ="at+jwt")


class TestRubbish:
    """F3: whatever comes in, our own error or a value comes out."""

    @settings(max_examples=1000, deadline=None)
    @given(st.text(max_size=200) | st.lists(st.binary(max_size=60).map(b64url_text), max_size=5).map(".".join))
    def test_any_text(self, text: str) -> None:
        """Taken apart or refused by name."""
        try:
            claims_of(take_apart(text))
        except TokenRefused:
            return

    @settings(max_examples=60, deadline=None)
    @given(
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.text(max_size=9),
            lambda inner: st.dictionaries(st.text(max_size=9), inner, max_size=3),
            max_leaves=4,
        )
    )
    def test_any_json(self, value: object) -> None:
        """Any JSON as header and as payload."""
        part = b64url_text(json.dumps(value).encode())
        try:
            claims_of(take_apart(f"{part}.{part}.AA"))
        except TokenRefused:
            return


class TestBounds:
    """Length is the first check."""

    def test_eight_and_sixty_four_kibibytes(self, keys: FileKeys) -> None:
        """8 KiB for tokens, more only where a caller says so."""
        token = sign_compact(keys, Purpose.ACCESS, {"a": "x" * 9000}, typ="at+jwt")
        with pytest.raises(TokenMalformed):
            verify(token, keys)
        assert verify(token, keys, longest=LONGEST_CREDENTIAL) == {"a": "x" * 9000}
        longest = sign_compact(keys, Purpose.ACCESS, {"a": "x" * 50_000}, typ="at+jwt")
        with pytest.raises(TokenMalformed):
            verify(longest, keys, longest=LONGEST_CREDENTIAL)

    @pytest.mark.parametrize("longest", [8 * 1024, LONGEST_CREDENTIAL])
    def test_to_the_character(self, longest: int) -> None:
        """What is as long as allowed is looked at, one more is not."""
        assert LONGEST_CREDENTIAL == 65_536
        for length, reason in ((longest, "form"), (longest + 1, "length")):
            with pytest.raises(TokenMalformed) as caught:
                take_apart("a" * length, **({} if longest == 8 * 1024 else {"longest": longest}))
            assert caught.value.facts["reason"] == reason

    def test_claims_are_read_before_anything_is_believed(self, keys: FileKeys) -> None:
        """`take_apart` lets a caller look for the client that a token names."""
        token = sign_compact(keys, Purpose.ACCESS, CLAIMS, typ="at+jwt")
        parts = take_apart(token)
        assert claims_of(parts) == CLAIMS
        assert parts.header.typ == "at+jwt"


class TestJwkSet:
    """What is published."""

    def test_public_members_only(self, keys: FileKeys) -> None:
        """Every member is a public P-256 signature key; SM2 and symmetric keys are left out."""
        published = jwk_set(keys, list(Purpose))["keys"]
        assert {frozenset(key) for key in published} == {frozenset({"kty", "crv", "x", "y", "kid", "use", "alg"})}
        assert len(published) == 7

    def test_kids_are_thumbprints(self, keys: FileKeys) -> None:
        """RFC 7638, by another library."""
        for key in KeySet.import_key_set(jwk_set(keys, list(Purpose))).keys:
            assert key.kid == key.thumbprint()


def test_a_public_key_refuses_other_lengths(keys: FileKeys) -> None:
    """A raw signature has 64 bytes."""
    key = keys.public(keys.current(Purpose.ACCESS))
    for length in (0, 63, 65, 72):
        with pytest.raises(SignatureBad):
            key.verify(b"", b"\1" * length)
