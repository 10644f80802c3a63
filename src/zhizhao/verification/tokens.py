"""Check what is text: a receipt (compact JWS) or a credential (SD-JWT VC, RFC 9901).

Order for both: (1) canonical form, (2) the key by `kid` among those held for the purpose, (3) the signature under that
key. Without the key nothing else can be said: what is untrusted stays unknown, not valid.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from zhizhao.licence.credential import TYP as CREDENTIAL_TYPE
from zhizhao.licence.credential import open_credential
from zhizhao.licence.errors import CredentialMalformed
from zhizhao.trust.errors import TokenRefused
from zhizhao.trust.foreign_jws import verify_with_key
from zhizhao.trust.jws import LONGEST_CREDENTIAL, Unverified, take_apart
from zhizhao.trust.keys import Purpose
from zhizhao.verification.anchors import TrustAnchors
from zhizhao.verification.finding import Finding, Kind, no, status_unknown, unknown, yes
from zhizhao.verification.status import Place

RECEIPT_TYPE: Final = "receipt+jwt"
"""The receipt's kind; presentation writes it, and receipts must verify for years."""
RECEIPT_SUBJECT: Final = ("jti", "matter", "purpose", "case_number", "verdict", "fields", "licence", "status_at")
CREDENTIAL_SUBJECT: Final = ("uscc", "name", "identifier", "version", "issued_on")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A finding without its status, and what to ask for it."""

    finding: Finding
    kid: str = ""
    place: Place | None = None
    claims: Mapping[str, Any] | None = None
    """Only of a token whose signature is good."""


def check_receipt(text: str, *, trust: TrustAnchors) -> Checked:
    """Return what can be said about a receipt without asking anybody."""
    try:
        parts = take_apart(text, longest=LONGEST_CREDENTIAL)  # (1)
    except TokenRefused as cause:
        return Checked(finding=_malformed(Kind.RECEIPT, cause))
    return _signed(parts, text, kind=Kind.RECEIPT, typ=RECEIPT_TYPE, purpose=Purpose.RECEIPT, trust=trust)


def check_credential(text: str, *, trust: TrustAnchors) -> Checked:
    """Return what can be said about a credential without asking anybody; key binding is the wallet's matter."""
    try:
        opened = open_credential(text)  # (1) every disclosure belongs to a signed digest
        parts = take_apart(opened.issuer_jwt, longest=LONGEST_CREDENTIAL)
    except (CredentialMalformed, TokenRefused) as cause:
        return Checked(finding=_malformed(Kind.CREDENTIAL, cause))
    checked = _signed(
        parts, opened.issuer_jwt, kind=Kind.CREDENTIAL, typ=CREDENTIAL_TYPE, purpose=Purpose.ISSUER, trust=trust
    )
    if checked.claims is None:
        return checked
    claims = {**checked.claims, **opened.disclosed}
    return Checked(
        finding=_with_subject(checked.finding, claims, CREDENTIAL_SUBJECT),
        kid=checked.kid,
        place=_place(claims),
        claims=claims,
    )


def _signed(parts: Unverified, token: str, *, kind: Kind, typ: str, purpose: Purpose, trust: TrustAnchors) -> Checked:
    kid = parts.header.kid or ""
    key = trust.key_for(kid, purpose)  # (2)
    if key is None:
        return Checked(
            finding=Finding(
                kind=kind,
                intact=unknown("key-unknown", kid=kid),
                valid=unknown("key-unknown", kid=kid),
                trusted=no("key-unknown", kid=kid, anchors=trust.source),
                status=status_unknown("not-asked"),
            )
        )
    try:
        claims = verify_with_key(token, key, expected_typ=typ, longest=LONGEST_CREDENTIAL)  # (3)
    except TokenRefused as cause:
        return Checked(finding=_differs(kind, cause, kid=kid))
    finding = Finding(
        kind=kind,
        intact=yes("token-whole"),
        valid=yes("signature-computes", algorithm="ES256"),
        trusted=yes("key-held", kid=kid, purpose=purpose, anchors=trust.source),
        status=status_unknown("not-asked"),
    )
    return Checked(
        finding=_with_subject(finding, claims, RECEIPT_SUBJECT), kid=kid, place=_place(claims), claims=claims
    )


def _with_subject(finding: Finding, claims: Mapping[str, Any], names: tuple[str, ...]) -> Finding:
    return replace(finding, subject={name: claims[name] for name in ("iss", *names) if claims.get(name) is not None})


def _malformed(kind: Kind, cause: Exception) -> Finding:
    reason = getattr(cause, "facts", {}).get("reason", "")
    return Finding(
        kind=kind,
        intact=no("token-malformed", reason=reason),
        valid=no("token-malformed", reason=reason),
        trusted=unknown("nothing-valid"),
        status=status_unknown("nothing-valid"),
    )


def _differs(kind: Kind, cause: TokenRefused, *, kid: str) -> Finding:
    reason = cause.facts.get("reason", "")
    return Finding(
        kind=kind,
        intact=unknown("signature-differs"),
        valid=no("signature-differs", reason=reason, kid=kid),
        trusted=unknown("nothing-valid"),
        status=status_unknown("nothing-valid"),
    )


def _place(claims: Mapping[str, Any]) -> Place | None:
    """Return where the status stands (Token Status List §6.2); None when the claims do not say."""
    status = claims.get("status")
    listed = status.get("status_list") if isinstance(status, Mapping) else None
    if not isinstance(listed, Mapping):
        return None
    index, uri = listed.get("idx"), listed.get("uri")
    if isinstance(index, int) and not isinstance(index, bool) and index >= 0 and isinstance(uri, str):
        return Place(uri=uri, index=index)
    return None
