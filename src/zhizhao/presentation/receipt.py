"""The receipt (回执): a signed statement of one verification, for both sides.

A wire format, `typ: receipt+jwt`, ES256 under the receipt key. Fields may be added; none is renamed or removed, since
receipts are checked for years. It names no person: the presenter is only a role.
"""

from datetime import datetime
from typing import Any

from zhizhao.kernel.clock import rfc3339
from zhizhao.ledger.head import Head
from zhizhao.presentation.presentation import CheckResult, Verdict
from zhizhao.trust.jws import sign_compact
from zhizhao.trust.keys import KeyProvider, Purpose

TYPE = "receipt+jwt"


def receipt_claims(
    *,
    issuer: str,
    presentation_id: str,
    verifier: dict[str, str | None],
    business: dict[str, str | None],
    licence: dict[str, Any],
    role: str,
    fields: tuple[str, ...],
    verdict: Verdict,
    checks: tuple[CheckResult, ...],
    verified_at: datetime,
    registry_as_of: datetime,
    entry_hash: bytes,
    head: Head | None,
    status: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the claims: who verified what, for which matter and purpose, what went out, and where it is recorded.

    `status` is the place of the licence version in the Token Status List: what became of it since can be asked there.
    """
    return {
        "iss": issuer,
        "iat": int(verified_at.timestamp()),
        "jti": presentation_id,
        "aud": verifier["client_id"],
        "verifier": verifier,
        **business,
        "verdict": verdict,
        "checks": [{"name": c.check, "result": c.result} for c in checks],
        "fields": fields,
        "presenter": {"role": role},
        "licence": licence,
        "status_at": rfc3339(verified_at),
        "registry_as_of": rfc3339(registry_as_of),
        "ledger": {
            "entry": entry_hash.hex(),
            "head": {"size": head.size, "root": head.root.hex()} if head else None,
        },
        **({"status": status} if status else {}),
    }


def sign_receipt(keys: KeyProvider, claims: dict[str, Any]) -> str:
    """Return the compact JWS."""
    return sign_compact(keys, Purpose.RECEIPT, claims, typ=TYPE)
