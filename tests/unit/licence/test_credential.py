"""The credential taken apart, made and checked; outsiders check it in tests/conformance."""

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest

from factories.devices import PhoneKey
from factories.licences import ISSUED_AT, NAMES, USCC, a_licence, an_entity
from zhizhao.kernel.clock import HeldClock
from zhizhao.licence.bind import bind
from zhizhao.licence.check_credential import check_credential
from zhizhao.licence.credential import TYP, face_claims, make_credential, open_credential, subject_of
from zhizhao.licence.errors import CredentialMalformed, CredentialUntrusted
from zhizhao.licence.licence import Licence
from zhizhao.licence.make_face import make_face
from zhizhao.trust.base64url import b64url_text
from zhizhao.trust.file_provider import FileKeys
from zhizhao.trust.jws import sign_compact
from zhizhao.trust.keys import Purpose


def forged(keys: FileKeys, payload: dict[str, object], *disclosures: str, typ: str = TYP) -> str:
    """Sign any payload with the issuer's key, as only a broken issuer would."""
    return "~".join([sign_compact(keys, Purpose.ISSUER, payload, typ=typ), *disclosures, ""])


@pytest.fixture
def licence(keys: FileKeys) -> Licence:
    """Give a version with its proofs."""
    return a_licence(keys)


class TestMakeCredential:
    """What a credential says."""

    def test_visible_without_disclosure_is_only_the_frame(self, licence: Licence) -> None:
        """Issuer, time, type and status; nothing about the entity."""
        frame, *_ = licence.credential.split("~")
        opened = open_credential(f"{frame}~")
        assert opened.disclosed == {}
        assert opened.visible == {
            "iss": "https://zhizhao.example",
            "iat": 1795417200,
            "vct": "https://zhizhao.example/vct/business-licence/1",
            "status": {"status_list": {"idx": 4711, "uri": "https://zhizhao.example/status/1"}},
        }
        assert USCC not in frame

    def test_each_face_field_has_its_own_disclosure(self, licence: Licence) -> None:
        """Every printed text, the registrar, the day in ISO 8601, identifier and version."""
        opened = open_credential(licence.credential)
        items = {item.field: item.text for item in licence.face.items}
        assert dict(opened.disclosed) == {
            "identifier": licence.identifier,
            "version": 1,
            "uscc": USCC,
            "kind": "1",
            "template": "A",
            **items,
            "registrar": licence.face.registrar,
            "issued_on": "2024-05-06",
        }
        assert licence.credential.count("~") == len(opened.disclosed) + 1

    def test_the_order_of_digests_tells_nothing(self, licence: Licence) -> None:
        """They are sorted; the disclosures are in reading order."""
        payload = json.loads(_payload(licence.credential))
        assert all(a < b for a, b in pairwise(payload["_sd"]))

    def test_salts_are_never_shared(self, keys: FileKeys) -> None:
        """Two copies of the same claims have no digest and no salt in common."""
        subject = subject_of(make_face(an_entity()), identifier="x", version=1, issued_at=ISSUED_AT, place=(1, 2))
        first, second = (make_credential(keys, subject, names=NAMES) for _ in range(2))
        assert not set(first.split("~")[1:-1]) & set(second.split("~")[1:-1])
        digests = [set(json.loads(_payload(one))["_sd"]) for one in (first, second)]
        assert len(digests[0]) == len(subject.claims)
        assert not digests[0] & digests[1]

    def test_the_header_names_our_key_and_brings_none(self, licence: Licence, keys: FileKeys) -> None:
        """`alg`, `typ` and `kid`, nothing else: no x5c, no jwk."""
        header = json.loads(_decoded(licence.credential.split(".")[0]))
        assert header == {"alg": "ES256", "typ": "dc+sd-jwt", "kid": keys.current(Purpose.ISSUER)}

    def test_a_name_without_a_trade_name(self) -> None:
        """Three asterisks, as printed."""
        face = make_face(an_entity(template="F", kind="8", name=None))
        assert face_claims(face, identifier="x", version=1)["name"] == "***"


class TestBind:
    """A copy for a device."""

    def test_it_holds_the_devices_public_key(self, licence: Licence, keys: FileKeys) -> None:
        """Only the four members of the key, whatever else the phone sent; the same place in the status list."""
        phone = PhoneKey()
        jwk = {**phone.jwk, "kid": "chosen-by-the-phone", "use": "sig"}
        copy = bind(licence, jwk, keys=keys, names=NAMES, at=ISSUED_AT + timedelta(days=1))
        opened = check_credential(copy, keys=keys, names=NAMES)
        base = open_credential(licence.credential)
        assert opened.visible["cnf"] == {"jwk": dict(phone.jwk)}
        assert opened.visible["iat"] == base.visible["iat"] + 86400
        assert opened.visible["status"] == base.visible["status"]
        assert opened.disclosed == base.disclosed


class TestCheckCredential:
    """Our own check, by the steps of its docstring."""

    def test_ours_is_ours(self, licence: Licence, keys: FileKeys) -> None:
        """The control of every refusal below."""
        assert check_credential(licence.credential, keys=keys, names=NAMES).disclosed["uscc"] == USCC

    def test_a_licence_outlives_its_key(self, licence: Licence, keys: FileKeys, held_clock: HeldClock) -> None:
        """After a rotation the old key still verifies; a compromised one does not."""
        keys.rotate(Purpose.ISSUER)
        held_clock.move(days=30)
        later = a_licence(keys)
        assert later.credential.split(".")[0] != licence.credential.split(".")[0]
        assert check_credential(licence.credential, keys=keys, names=NAMES)
        keys.rotate(Purpose.ISSUER, compromised=True)
        with pytest.raises(CredentialUntrusted):
            check_credential(later.credential, keys=keys, names=NAMES)

    def test_every_flipped_character_is_found(self, licence: Licence, keys: FileKeys) -> None:
        """Anywhere: header, payload, signature, disclosures, separators."""
        text = licence.credential
        for place in range(0, len(text), 7):
            other = "A" if text[place] != "A" else "B"
            with pytest.raises((CredentialMalformed, CredentialUntrusted)):
                check_credential(text[:place] + other + text[place + 1 :], keys=keys, names=NAMES)

    @pytest.mark.parametrize(
        "damage",
        [
            lambda t: t.rstrip("~"),
            lambda t: t + "~",
            lambda t: t + t.split("~")[1] + "~",
            lambda t: "~" + t,
            lambda t: t.replace("~", "~%%~", 1),
            lambda t: t.replace("~", "~WyJhIl0~", 1),
            lambda t: t.replace("~", "~WyJzIiwgIm5hbWUiLCAi5rWO5a6BIl0~", 1),
            lambda t: t + "é~",
            lambda t: t[:0],
            lambda t: t + "~" * 70_000,
            lambda t: "a.b.c" + t[-1],
        ],
        ids=[
            "no-end",
            "empty-disclosure",
            "disclosure-twice",
            "no-issuer",
            "not-base64",
            "not-three",
            "foreign",
            "not-ascii",
            "empty",
            "too-long",
            "no-jwt",
        ],
    )
    def test_malformed(self, damage: Callable[[str], str], licence: Licence, keys: FileKeys) -> None:
        """Each way to be no credential."""
        with pytest.raises(CredentialMalformed):
            check_credential(damage(licence.credential), keys=keys, names=NAMES)

    def test_leaving_disclosures_out_is_the_holders_right(self, licence: Licence, keys: FileKeys) -> None:
        """What is not disclosed is not there, and the rest holds."""
        jwt, *disclosures, _ = licence.credential.split("~")
        opened = check_credential("~".join([jwt, disclosures[5], ""]), keys=keys, names=NAMES)
        assert list(opened.disclosed) == ["name"]

    @pytest.mark.parametrize("name", ["_sd", "...", "_sd_alg", "iss", "vct", "status"])
    def test_a_disclosure_cannot_overwrite_the_frame(self, name: str, keys: FileKeys) -> None:
        """Even if an issuer signed the digest of such a disclosure."""
        disclosure = b64url_text(json.dumps(["salt", name, "evil"]).encode())
        payload = {**_frame(), "_sd_alg": "sha-256", "_sd": [_digest(disclosure)]}
        with pytest.raises(CredentialMalformed):
            open_credential(forged(keys, payload, disclosure))

    def test_one_name_twice(self, keys: FileKeys) -> None:
        """Two disclosures of the same name are refused, not resolved."""
        two = [b64url_text(json.dumps(["salt", "name", text]).encode()) for text in ("a", "b")]
        payload = {**_frame(), "_sd_alg": "sha-256", "_sd": [_digest(one) for one in two]}
        assert open_credential(forged(keys, payload, two[0])).disclosed == {"name": "a"}
        with pytest.raises(CredentialMalformed):
            open_credential(forged(keys, payload, *two))

    @pytest.mark.parametrize(
        "extra",
        [
            {"_sd_alg": "sha-512", "_sd": []},
            {"_sd": []},
            {"_sd_alg": "sha-256"},
            {"_sd_alg": "sha-256", "_sd": "text"},
            {"_sd_alg": "sha-256", "_sd": ["x", "x"]},
        ],
        ids=["other-hash", "no-hash", "no-digests", "digests-text", "digest-twice"],
    )
    def test_digests_of_another_form(self, extra: dict[str, object], keys: FileKeys) -> None:
        """Only our hash, a list, each digest once."""
        with pytest.raises(CredentialMalformed):
            open_credential(forged(keys, {**_frame(), **extra}))

    @pytest.mark.parametrize("claim", ["iss", "vct"])
    def test_another_issuer_or_type(self, claim: str, keys: FileKeys) -> None:
        """Signed by our key, yet not what we issue."""
        payload = {**_frame(), claim: "https://elsewhere.example", "_sd_alg": "sha-256", "_sd": []}
        with pytest.raises(CredentialUntrusted) as caught:
            check_credential(forged(keys, payload), keys=keys, names=NAMES)
        assert caught.value.facts["reason"] == claim

    @pytest.mark.parametrize("typ", ["vc+sd-jwt", "JWT", "receipt+jwt", "statuslist+jwt"])
    def test_another_kind_of_token(self, typ: str, keys: FileKeys) -> None:
        """No kind of token passes as another (RFC 8725)."""
        payload = {**_frame(), "_sd_alg": "sha-256", "_sd": []}
        with pytest.raises(CredentialUntrusted):
            check_credential(forged(keys, payload, typ=typ), keys=keys, names=NAMES)

    def test_a_key_of_another_purpose(self, keys: FileKeys) -> None:
        """The receipt key signs no licences."""
        payload = {**_frame(), "_sd_alg": "sha-256", "_sd": []}
        token = sign_compact(keys, Purpose.RECEIPT, payload, typ=TYP)
        with pytest.raises(CredentialUntrusted):
            check_credential(f"{token}~", keys=keys, names=NAMES)


def _decoded(segment: str) -> bytes:
    return base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))


def _payload(credential: str) -> bytes:
    return _decoded(credential.split(".")[1])


def _digest(disclosure: str) -> str:
    return b64url_text(hashlib.sha256(disclosure.encode()).digest())


def _frame() -> dict[str, object]:
    status = {"status_list": {"idx": 1, "uri": NAMES.status_uri(1)}}
    return {"iss": NAMES.base_url, "vct": NAMES.vct, "iat": 1795417200, "status": status}
