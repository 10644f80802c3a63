"""The licence as a verifiable credential: SD-JWT VC, `typ: dc+sd-jwt`, ES256, one disclosure per face field.

RFC 9901 (SD-JWT) and the SD-JWT VC draft. Wire format: claims may be added, never renamed; what any release issued must
verify in every later one. Visible without disclosure: issuer, type, time, place in the status list and, in a copy for
a device, the device's key. The header names our key by `kid`; nothing in a credential may bring its own.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

import msgspec

from zhizhao.kernel.clock import EPOCH
from zhizhao.licence.errors import CredentialMalformed
from zhizhao.licence.face import LicenceFace
from zhizhao.licence.names import IssuerNames
from zhizhao.trust.base64url import b64url, unb64url
from zhizhao.trust.errors import TokenMalformed
from zhizhao.trust.jws import LONGEST_CREDENTIAL, claims_of, sign_compact, take_apart
from zhizhao.trust.keys import KeyProvider, Purpose

TYP: Final = "dc+sd-jwt"
SALT_BYTES: Final = 16  # RFC 9901 §9.3: 128 bits
HASH: Final = "sha-256"
DEVICE_KEY_MEMBERS: Final = ("crv", "kty", "x", "y")
RESERVED: Final = frozenset({"_sd", "...", "_sd_alg"})
_encode = msgspec.json.Encoder().encode
_disclosure = msgspec.json.Decoder(tuple[str, str, Any]).decode
_sha256 = hashlib.sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What one credential says and of which version."""

    claims: Mapping[str, str | int]
    """Every disclosable claim by name, in reading order."""
    issued_at: datetime
    list_number: int
    list_index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A credential taken apart, nothing about it believed yet."""

    issuer_jwt: str
    visible: Mapping[str, Any]
    """Claims that need no disclosure, without the digests."""
    disclosed: Mapping[str, Any]
    """Claims whose disclosure is there and matches a digest."""


def face_claims(face: LicenceFace, *, identifier: str, version: int) -> dict[str, str | int]:
    """Return the disclosable claims of a face: our field names, the registered texts, days in ISO 8601."""
    return {
        "identifier": identifier,
        "version": version,
        "uscc": face.uscc,
        "kind": face.kind,
        "template": face.template,
        "name": face.name,
        **{item.field: item.text for item in face.items},
        "registrar": face.registrar,
        "issued_on": face.made_on.isoformat(),
    }


def visible_claims(subject: Subject, names: IssuerNames) -> dict[str, Any]:
    """Return the claims that need no disclosure."""
    status = {"idx": subject.list_index, "uri": names.status_uri(subject.list_number)}
    return {
        "iss": names.base_url,
        "iat": int((subject.issued_at - EPOCH).total_seconds()),
        "vct": names.vct,
        "status": {"status_list": status},
    }


def make_credential(
    keys: KeyProvider, subject: Subject, *, names: IssuerNames, device_jwk: Mapping[str, str] | None = None
) -> str:
    """Return the SD-JWT VC with every disclosure; `device_jwk` binds it to a holder's key (`cnf`, RFC 7800)."""
    salts = secrets.token_bytes(SALT_BYTES * len(subject.claims))
    disclosures = [
        b64url(_encode((b64url(salts[at : at + SALT_BYTES]).decode(), name, value)))
        for at, (name, value) in zip(range(0, len(salts), SALT_BYTES), subject.claims.items(), strict=True)
    ]
    payload = visible_claims(subject, names)
    if device_jwk is not None:
        payload["cnf"] = {"jwk": {member: device_jwk[member] for member in DEVICE_KEY_MEMBERS}}
    payload["_sd_alg"] = HASH
    payload["_sd"] = sorted(_digest(one) for one in disclosures)  # sorted: the order must tell nothing (§4.2.4.1)
    issuer_jwt = sign_compact(keys, Purpose.ISSUER, payload, typ=TYP)
    return "~".join([issuer_jwt, *(one.decode() for one in disclosures), ""])


def _digest(disclosure: bytes) -> str:
    return b64url(_sha256(disclosure).digest()).decode()


def open_credential(text: str) -> Opened:
    """Take a credential without key binding apart, by RFC 9901 §7.1 steps 2 and 3. Raises CredentialMalformed.

    In order: (1) length and form, ending in `~`; (2) the payload is an object with our hash; (3) each disclosure is
    `[salt, name, value]`, its digest stands in the payload, no digest twice, no name twice, no reserved name.
    """
    if len(text) > LONGEST_CREDENTIAL or not text.endswith("~"):  # (1)
        raise CredentialMalformed(reason="form")
    issuer_jwt, *disclosures = text[:-1].split("~")
    try:
        payload = claims_of(take_apart(issuer_jwt, longest=LONGEST_CREDENTIAL))
    except TokenMalformed as cause:
        raise CredentialMalformed(reason="issuer-jwt") from cause
    digests = payload.pop("_sd", None)
    if payload.pop("_sd_alg", None) != HASH or not isinstance(digests, list):  # (2)
        raise CredentialMalformed(reason="digests")
    disclosed = _disclosed(disclosures, digests, visible=payload)  # (3)
    return Opened(issuer_jwt=issuer_jwt, visible=MappingProxyType(payload), disclosed=MappingProxyType(disclosed))


def _disclosed(disclosures: list[str], digests: list[Any], *, visible: Mapping[str, Any]) -> dict[str, Any]:
    unmatched = set(map(str, digests))
    if len(unmatched) != len(digests):
        raise CredentialMalformed(reason="digest-twice")
    disclosed: dict[str, Any] = {}
    for disclosure in disclosures:
        name, value = _read(disclosure)
        digest = _digest(disclosure.encode())
        if digest not in unmatched:
            raise CredentialMalformed(reason="digest")
        if name in RESERVED or name in visible or name in disclosed:
            raise CredentialMalformed(reason="name", name=name)
        unmatched.remove(digest)
        disclosed[name] = value
    return disclosed


def _read(disclosure: str) -> tuple[str, Any]:
    try:
        _salt, name, value = _disclosure(unb64url(disclosure.encode("ascii")))
    except (ValueError, msgspec.DecodeError) as cause:
        raise CredentialMalformed(reason="disclosure") from cause
    return name, value


def subject_of(
    face: LicenceFace, *, identifier: str, version: int, issued_at: datetime, place: tuple[int, int]
) -> Subject:
    """Return what a version's credential says."""
    return Subject(
        claims=face_claims(face, identifier=identifier, version=version),
        issued_at=issued_at,
        list_number=place[0],
        list_index=place[1],
    )
