"""The stored form of a presentation: a few columns to find it by, and a JSON body with the rest."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from zhizhao.kernel.clock import from_micros, to_micros
from zhizhao.presentation.presentation import CheckResult, Presentation, Presenter, Verdict, Via

NAMES = (
    *("uscc", "presentation_id", "client_id", "person_id", "case_number", "verdict"),
    *("verified_at", "body", "receipt", "salt"),
)
COLUMNS = ", ".join(NAMES)


class Body(msgspec.Struct, omit_defaults=True):
    """What only the whole presentation needs; a stored format: add with a default, never rename."""

    client_name: str
    identifier: str
    version: int
    status: str
    matter: str
    purpose: str
    via: str
    actor_id: str
    fields: tuple[str, ...]
    checks: tuple[CheckResult, ...]
    role: str
    name: str
    registry_as_of: int
    entry_id: str
    entry_hash: str
    mandate_id: str | None = None
    operator: str | None = None


encode_body = msgspec.json.Encoder().encode
decode_body = msgspec.json.Decoder(Body).decode


def to_row(p: Presentation) -> tuple[object, ...]:
    """Return the columns of `COLUMNS`, moments as microseconds."""
    body = Body(
        client_name=p.client_name,
        identifier=p.licence_identifier,
        version=p.licence_version,
        status=p.licence_status,
        matter=p.matter,
        purpose=p.purpose,
        via=p.via,
        actor_id=p.actor_id,
        fields=p.fields,
        checks=p.checks,
        role=p.presenter.role,
        name=p.presenter.name,
        registry_as_of=to_micros(p.registry_as_of),
        entry_id=p.entry_id.hex,
        entry_hash=p.entry_hash.hex(),
        mandate_id=p.presenter.mandate_id,
        operator=p.operator,
    )
    text = encode_body(body).decode()
    keys = (p.uscc, p.presentation_id, p.client_id, p.presenter.person_id, p.case_number, p.verdict)
    return (*keys, to_micros(p.verified_at), text, p.receipt, p.salt)


def from_row(row: Sequence[Any]) -> Presentation:
    """Return the presentation of a row with the columns of `COLUMNS`."""
    uscc, presentation_id, client_id, person_id, case_number, verdict, verified_at, text, receipt, salt = row
    body = decode_body(text)
    return Presentation(
        presentation_id=presentation_id,
        client_id=client_id,
        client_name=body.client_name,
        uscc=uscc,
        licence_identifier=body.identifier,
        licence_version=body.version,
        licence_status=body.status,
        matter=body.matter,
        purpose=body.purpose,
        case_number=case_number,
        operator=body.operator,
        via=Via(body.via),
        actor_id=body.actor_id,
        fields=body.fields,
        verdict=Verdict(verdict),
        checks=body.checks,
        presenter=Presenter(person_id=person_id, role=body.role, name=body.name, mandate_id=body.mandate_id),
        verified_at=from_micros(verified_at),
        registry_as_of=from_micros(body.registry_as_of),
        entry_id=UUID(hex=body.entry_id),
        entry_hash=bytes.fromhex(body.entry_hash),
        receipt=receipt,
        salt=bytes(salt),
    )
