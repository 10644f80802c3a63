"""Receipts and credentials as text: canonical, signed by the right key, or not believed."""

import json
from typing import Any

import pytest

from factories.documents import BASE_URL, NAMES, NOW, PRESENTATION, USCC, Issuer
from zhizhao.trust.base64url import b64url_text
from zhizhao.trust.jws import sign_compact
from zhizhao.trust.keys import Purpose
from zhizhao.verification.anchors import TrustAnchors, TrustedKey
from zhizhao.verification.finding import Answer, Kind
from zhizhao.verification.status import Place
from zhizhao.verification.tokens import Checked, check_credential, check_receipt


def answers(checked: Checked) -> tuple[Answer, Answer, Answer]:
    """Return intact, valid and trusted."""
    found = checked.finding
    return found.intact.answer, found.valid.answer, found.trusted.answer


GOOD = (Answer.YES, Answer.YES, Answer.YES)


class TestReceipt:
    """`receipt+jwt`."""

    def test_good(self, house: Issuer) -> None:
        """All three answers are yes, and the subject is told."""
        checked = check_receipt(house.receipt(), trust=house.anchors())
        assert answers(checked) == GOOD
        assert checked.finding.kind is Kind.RECEIPT
        assert checked.finding.subject["jti"] == PRESENTATION

    def test_unknown_key_leaves_everything_else_unknown(self, house: Issuer) -> None:
        """Without the key nobody can say whether a bit was changed."""
        checked = check_receipt(house.receipt(), trust=TrustAnchors(source="nobody"))
        assert answers(checked) == (Answer.UNKNOWN, Answer.UNKNOWN, Answer.NO)
        assert checked.finding.subject == {}

    @pytest.mark.parametrize("purpose", [Purpose.ISSUER, Purpose.STATUS_LIST, Purpose.OIDC])
    def test_another_purposes_key_is_refused(self, house: Issuer, purpose: Purpose) -> None:
        """The issuer's own key for something else makes no receipt."""
        token = sign_compact(house.keys, purpose, {"jti": PRESENTATION}, typ="receipt+jwt")
        assert answers(check_receipt(token, trust=house.anchors()))[2] is Answer.NO

    @pytest.mark.parametrize("typ", ["statuslist+jwt", "JWT", "receipt", "Receipt+JWT"])
    def test_another_kind_is_refused(self, house: Issuer, typ: str) -> None:
        """Kinds never pass as one another (RFC 8725 §3.11)."""
        token = sign_compact(house.keys, Purpose.RECEIPT, {"jti": PRESENTATION}, typ=typ)
        assert answers(check_receipt(token, trust=house.anchors()))[1] is Answer.NO

    def test_every_changed_character_is_found(self, house: Issuer) -> None:
        """Each character replaced by its neighbour in the alphabet: nothing is intact, nothing valid."""
        token, trust = house.receipt(), house.anchors()
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        for at, character in enumerate(token):
            other = "." if character not in alphabet else alphabet[(alphabet.index(character) + 1) % 64]
            if other == character:
                continue
            intact, valid, _ = answers(check_receipt(token[:at] + other + token[at + 1 :], trust=trust))
            assert intact is not Answer.YES, at
            assert valid is not Answer.YES, at

    @pytest.mark.parametrize("alg", ["none", "HS256", "ES384", "es256"])
    def test_the_header_does_not_choose_the_algorithm(self, house: Issuer, alg: str) -> None:
        """The key held decides (RFC 8725 §3.1)."""
        _, payload, signature = house.receipt().split(".")
        kid = house.keys.current(Purpose.RECEIPT)
        header = b64url_text(json.dumps({"alg": alg, "typ": "receipt+jwt", "kid": kid}).encode())
        for tail in (signature, ""):
            assert answers(check_receipt(f"{header}.{payload}.{tail}", trust=house.anchors()))[1] is not Answer.YES

    def test_malformed(self, house: Issuer) -> None:
        """What is no token is neither intact nor valid."""
        for text in ("", "a.b", "a.b.c.d", "!!!.###.$$$", "." * 5000):
            assert answers(check_receipt(text, trust=house.anchors()))[:2] == (Answer.NO, Answer.NO)


class TestCredential:
    """`dc+sd-jwt`."""

    def test_good(self, house: Issuer) -> None:
        """All three, the subject and where the status stands."""
        checked = check_credential(house.credential(), trust=house.anchors())
        assert answers(checked) == GOOD
        assert checked.finding.subject["uscc"] == USCC
        assert checked.place == Place(uri=f"{BASE_URL}/status/1", index=5)

    def test_fewer_disclosures_are_still_the_credential(self, house: Issuer) -> None:
        """The holder may leave fields out (RFC 9901 §7.1)."""
        first, *disclosures, _ = house.credential().split("~")
        some = "~".join([first, *disclosures[:2], ""])
        assert answers(check_credential(some, trust=house.anchors())) == GOOD

    @pytest.mark.parametrize("change", ["changed", "doubled", "foreign", "key binding"])
    def test_disclosures_that_nobody_signed(self, house: Issuer, change: str) -> None:
        """A disclosure must match exactly one signed digest."""
        first, *disclosures, _ = house.credential().split("~")
        salt = b64url_text(b'["c2FsdA","name","\xe4\xbc\xaa"]')
        changed = {
            "changed": [*disclosures[:-1], disclosures[-1][:-1] + "A"],
            "doubled": [*disclosures, disclosures[0]],
            "foreign": [*disclosures, salt],
            "key binding": [*disclosures, "a.b.c"],
        }[change]
        text = "~".join([first, *changed, ""])
        assert answers(check_credential(text, trust=house.anchors()))[:2] == (Answer.NO, Answer.NO)

    def test_receipt_key_issues_no_credential(self, house: Issuer) -> None:
        """Purposes are kept apart."""
        claims: dict[str, Any] = {"iss": NAMES.base_url, "iat": int(NOW.timestamp()), "_sd_alg": "sha-256", "_sd": []}
        token = sign_compact(house.keys, Purpose.RECEIPT, claims, typ="dc+sd-jwt") + "~"
        assert answers(check_credential(token, trust=house.anchors()))[2] is Answer.NO

    def test_keys_without_a_stated_purpose_are_told_apart_by_kind(self, house: Issuer) -> None:
        """A JWK Set says nothing about purposes; the kind of token still does."""
        kid = house.keys.current(Purpose.ISSUER)
        known = {kid: TrustedKey(key=house.keys.public(kid), purposes=None)}
        trust = TrustAnchors(source="set", keys=known)
        assert answers(check_credential(house.credential(), trust=trust)) == GOOD
        token = sign_compact(house.keys, Purpose.ISSUER, {"jti": "x"}, typ="dc+sd-jwt")
        assert answers(check_receipt(token, trust=trust))[1] is Answer.NO
