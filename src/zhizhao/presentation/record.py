"""Writing down what a redemption found: the presentation, its ledger entry, its receipt. Pure until signed."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from zhizhao.kernel.actor import Actor, ActorKind
from zhizhao.kernel.clock import Clock
from zhizhao.ledger.commitment import commitment
from zhizhao.ledger.entry import Act, Entry, new_entry
from zhizhao.ledger.head import Head
from zhizhao.licence.mask import fields_on
from zhizhao.onboarding.client import Client
from zhizhao.presentation.ask import Ask
from zhizhao.presentation.presentation import Presentation, Presenter, Verdict, Via
from zhizhao.presentation.receipt import receipt_claims, sign_receipt
from zhizhao.presentation.ticket import Spent
from zhizhao.presentation.verdict import Accepted, Refused
from zhizhao.trust.keys import KeyProvider

SALT_BYTES = 16
ACTS = {Via.API: Act.API_PRESENTATION_REDEEMED, Via.DESK: Act.DESK_PRESENTATION_REDEEMED}
ACTORS = {Via.API: ActorKind.CLIENT, Via.DESK: ActorKind.STAFF}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scribe:
    """What every record of this installation needs."""

    issuer: str
    """Base URL, `iss` of receipts."""
    keys: KeyProvider
    clock: Clock


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What one redemption found."""

    presentation_id: str
    ask: Ask
    client: Client
    spent: Spent
    verdict: Accepted | Refused
    mask: tuple[str, ...]
    """What was granted and asked for; of it goes out what the face has, when accepted."""
    registry_as_of: datetime


def record(facts: Facts, *, scribe: Scribe, head: Head | None) -> tuple[Presentation, Entry]:
    """Return the presentation with its signed receipt and the ledger entry that the same transaction must append."""
    ask, spent, verdict = facts.ask, facts.spent, facts.verdict
    accepted = isinstance(verdict, Accepted)
    salt = secrets.token_bytes(SALT_BYTES)
    fields = fields_on(verdict.face, facts.mask) if isinstance(verdict, Accepted) else ()
    entry = new_entry(
        scribe.clock,
        act=ACTS[ask.via],
        actor=Actor(ACTORS[ask.via], ask.actor_id),
        object_id=facts.presentation_id,
        result="ok" if accepted else "refused",
        because=verdict.because if isinstance(verdict, Refused) else None,
        facts=_entry_facts(facts, fields, salt),
        on_behalf_of=ask.client_id,
    )
    claims = receipt_claims(
        issuer=scribe.issuer,
        presentation_id=facts.presentation_id,
        verifier={"client_id": ask.client_id, "name": facts.client.name, "operator": ask.operator},
        business={"matter": ask.matter, "purpose": ask.purpose, "case_number": ask.case_number},
        licence={
            "identifier": verdict.identifier,
            "version": verdict.version,
            "status": verdict.status,
            "uscc": spent.uscc,
        },
        role=spent.role,
        fields=fields,
        verdict=Verdict.ACCEPTED if accepted else Verdict.REFUSED,
        checks=verdict.checks,
        verified_at=spent.spent_at,
        registry_as_of=facts.registry_as_of,
        entry_hash=entry.leaf_hash,
        head=head,
        status=_status(verdict, scribe) if isinstance(verdict, Accepted) else None,
    )
    return _presentation(facts, fields, entry, salt=salt, receipt=sign_receipt(scribe.keys, claims)), entry


def _status(verdict: Accepted, scribe: Scribe) -> dict[str, Any]:
    number, index = verdict.place
    return {"status_list": {"idx": index, "uri": f"{scribe.issuer}/status/{number}"}}


def _entry_facts(facts: Facts, fields: tuple[str, ...], salt: bytes) -> Mapping[str, Any]:
    return {
        "entity": commitment(facts.spent.uscc, salt),
        "version": facts.verdict.version,
        "matter": facts.ask.matter,
        "fields": list(fields),
        "role": facts.spent.role,
        "mandate": facts.spent.mandate_id,
    }


def _presentation(facts: Facts, fields: tuple[str, ...], entry: Entry, *, salt: bytes, receipt: str) -> Presentation:
    ask, spent, verdict = facts.ask, facts.spent, facts.verdict
    return Presentation(
        presentation_id=facts.presentation_id,
        client_id=ask.client_id,
        client_name=facts.client.name,
        uscc=spent.uscc,
        licence_identifier=verdict.identifier,
        licence_version=verdict.version,
        licence_status=verdict.status,
        matter=ask.matter,
        purpose=ask.purpose,
        case_number=ask.case_number,
        operator=ask.operator,
        via=ask.via,
        actor_id=ask.actor_id,
        fields=fields,
        verdict=Verdict.ACCEPTED if isinstance(verdict, Accepted) else Verdict.REFUSED,
        checks=verdict.checks,
        presenter=Presenter(
            person_id=spent.person_id, role=spent.role, name=spent.presenter_name, mandate_id=spent.mandate_id
        ),
        verified_at=spent.spent_at,
        registry_as_of=facts.registry_as_of,
        entry_id=entry.entry_id,
        entry_hash=entry.leaf_hash,
        receipt=receipt,
        salt=salt,
    )
