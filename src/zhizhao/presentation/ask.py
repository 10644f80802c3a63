"""An ask: one request to redeem a code, as a door hands it down."""

import msgspec

from zhizhao.kernel.errors import ZhizhaoError
from zhizhao.kernel.text import TextRefused, clean_name
from zhizhao.presentation.errors import AskMalformed
from zhizhao.presentation.presentation import Via

LONGEST_PURPOSE = 200
LONGEST_CASE = 64
LONGEST_OPERATOR = 64
LONGEST_KEY = 255


class Idempotency(msgspec.Struct, frozen=True, kw_only=True):
    """The caller's key and the hash of what it asked."""

    key: str
    request_hash: bytes


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """One request; made by `make_ask`, so that its texts have been cleaned, or broken and charged all the same."""

    client_id: str
    code: str
    """As read by the scanner; parsed inside the batch, after the peak was charged."""
    matter: str
    purpose: str
    case_number: str | None
    operator: str | None
    fields: tuple[str, ...] | None
    via: Via
    actor_id: str
    """The client, or the clerk's account when it came from a desk."""
    idempotency: Idempotency | None = None
    fault: ZhizhaoError | None = None
    """What is wrong with the request; answered after the peak bucket was charged (INTERFACES.md §4)."""


def require_key(key: str) -> str:
    """Return an idempotency key as callers may send it. Raises AskMalformed."""
    if not 0 < len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise AskMalformed(field="Idempotency-Key", reason="1 to 255 printable ASCII characters")
    return key


def broken_ask(client_id: str, fault: ZhizhaoError, *, via: Via = Via.API) -> Ask:
    """Return an ask that only charges the peak bucket and answers its fault."""
    return Ask(
        client_id=client_id,
        code="",
        matter="",
        purpose="",
        case_number=None,
        operator=None,
        fields=None,
        via=via,
        actor_id=client_id,
        fault=fault,
    )


def make_ask(
    client_id: str,
    code: str,
    *,
    matter: str,
    purpose: str,
    case_number: str | None = None,
    operator: str | None = None,
    fields: tuple[str, ...] | None = None,
    via: Via = Via.API,
    actor_id: str | None = None,
    idempotency: Idempotency | None = None,
) -> Ask:
    """Return an ask with cleaned texts; a text out of its range makes it a broken one, never an exception."""
    try:
        return Ask(
            client_id=client_id,
            code=code,
            matter=matter,
            purpose=_text("purpose", purpose, LONGEST_PURPOSE),
            case_number=_text("case_number", case_number, LONGEST_CASE) if case_number else None,
            operator=_text("operator", operator, LONGEST_OPERATOR) if operator else None,
            fields=fields,
            via=via,
            actor_id=actor_id or client_id,
            idempotency=idempotency,
        )
    except AskMalformed as fault:
        return broken_ask(client_id, fault, via=via)


def _text(field: str, text: str, longest: int) -> str:
    try:
        return clean_name(text, longest=longest)
    except TextRefused as cause:
        raise AskMalformed(field=field, reason=str(cause.facts.get("reason"))) from cause
