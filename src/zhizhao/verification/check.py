"""Check anything anyone holds (验真): a licence PDF, an archive copy, a receipt, a credential."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from zhizhao.document.attachment import CREDENTIAL_NAME, RECEIPT_NAME
from zhizhao.kernel.clock import rfc3339
from zhizhao.verification.anchors import TrustAnchors
from zhizhao.verification.errors import FileTooLarge
from zhizhao.verification.finding import Answer, Finding, Kind, Status, no, status_unknown, unknown
from zhizhao.verification.sealed.check_seal import Seals, check_seals
from zhizhao.verification.sealed.inside import Inside
from zhizhao.verification.status import StatusSource
from zhizhao.verification.tokens import Checked, check_credential, check_receipt

LARGEST: Final = 10 * 1024 * 1024
"""Uploads are 10 MiB at most (SECURITY.md §3.10)."""
_PDF_SEARCHED: Final = 1024
"""Readers accept a header anywhere in here; only offset 0 is intact."""
_TOKEN: Final = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+(~[A-Za-z0-9_.~-]*)?(\r?\n)?")


async def check(data: bytes, *, trust: TrustAnchors, status: StatusSource, now: datetime) -> Finding:
    """Return everything that can be said about a file; computing runs in a thread.

    Order: (1) what it claims to be; (2) intact, valid, trusted, from the bytes and the anchors alone; (3) evidence
    inside, the same way; (4) status, asked only about what is trusted. Raises FileTooLarge.
    """
    if len(data) > LARGEST:
        raise FileTooLarge(size=len(data), limit=LARGEST)
    if b"%PDF-" in data[:_PDF_SEARCHED]:  # (1)
        return await _check_pdf(data, trust=trust, status=status, now=now)
    if _TOKEN.fullmatch(data):
        text = data.decode("ascii").strip()
        verb = check_credential if "~" in text else check_receipt
        return await _with_status(await asyncio.to_thread(verb, text, trust=trust), status)
    return Finding(
        kind=Kind.UNKNOWN,
        intact=unknown("kind-unknown"),
        valid=unknown("kind-unknown"),
        trusted=unknown("kind-unknown"),
        status=status_unknown("kind-unknown"),
    )


async def _check_pdf(data: bytes, *, trust: TrustAnchors, status: StatusSource, now: datetime) -> Finding:
    seals = await asyncio.to_thread(check_seals, data, trust=trust, now=now)  # (2)
    if seals.inside is None:
        return Finding(
            kind=Kind.PDF,
            intact=seals.intact,
            valid=seals.valid,
            trusted=seals.trusted,
            status=status_unknown("nothing-valid"),
        )
    checked = _parts(seals.inside, trust=trust)  # (3)
    parts = [(name, await _with_status(one, status)) for name, one in checked.items()]  # (4)
    finding = Finding(
        kind=_kind(checked),
        intact=seals.intact,
        valid=seals.valid,
        trusted=seals.trusted,
        status=_status_of(dict(parts)),
        subject=_subject(seals.inside, checked),
        parts=tuple(parts),
    )
    return _require_agreement(finding, seals, checked)


def _parts(inside: Inside, *, trust: TrustAnchors) -> dict[str, Checked]:
    verbs = {CREDENTIAL_NAME: check_credential, RECEIPT_NAME: check_receipt}
    return {name: verbs[name](text, trust=trust) for name, text in inside.attachments.items() if name in verbs}


def _kind(checked: Mapping[str, Checked]) -> Kind:
    if RECEIPT_NAME in checked:
        return Kind.ARCHIVE_COPY
    return Kind.LICENCE_PDF if CREDENTIAL_NAME in checked else Kind.PDF


def _status_of(parts: Mapping[str, Finding]) -> Status:
    """Return the licence's standing by its credential, else by the receipt."""
    for name in (CREDENTIAL_NAME, RECEIPT_NAME):
        if name in parts:
            return parts[name].status
    return status_unknown("no-reference")


def _subject(inside: Inside, checked: Mapping[str, Checked]) -> dict[str, Any]:
    sealed_at = rfc3339(inside.sealed_at) if inside.sealed_at else None
    subject: dict[str, Any] = {"keywords": list(inside.keywords), "sealed_at": sealed_at}
    for one in checked.values():
        subject |= one.finding.subject
    return subject


def _require_agreement(finding: Finding, seals: Seals, checked: Mapping[str, Checked]) -> Finding:
    """Return the finding; evidence about another entity or another verification makes the seal say nothing."""
    keywords = seals.inside.keywords if seals.inside else ()
    receipt = checked[RECEIPT_NAME].claims if RECEIPT_NAME in checked else None
    credential = checked[CREDENTIAL_NAME].claims if CREDENTIAL_NAME in checked else None
    told = [credential["uscc"]] if credential and "uscc" in credential else []
    if receipt:
        told += [receipt.get("jti"), receipt.get("licence", {}).get("uscc")]
    strangers = [one for one in told if one not in keywords]
    return replace(finding, valid=no("evidence-disagrees", strangers=len(strangers))) if strangers else finding


async def _with_status(checked: Checked, status: StatusSource) -> Finding:
    finding = checked.finding
    if finding.trusted.answer is not Answer.YES:
        return finding
    if checked.place is not None:
        return replace(finding, status=await status.of_place(checked.place))
    if finding.kind is Kind.RECEIPT:
        return replace(finding, status=await status.of_key(checked.kid))
    return replace(finding, status=status_unknown("no-reference"))
