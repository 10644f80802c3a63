"""What people of the demonstration did before it opened: a download before a change, a mandate that ended."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from zhizhao.app.parts import Parts
from zhizhao.catalogue.matter import Function
from zhizhao.cli.demo.people import DemoPerson
from zhizhao.kernel.actor import SYSTEM
from zhizhao.kernel.clock import today
from zhizhao.kernel.idcard import guess_document
from zhizhao.kernel.ids import public_id
from zhizhao.ledger.entry import Act
from zhizhao.mandate.grant import Grant, Role
from zhizhao.trust.base64url import b64url
from zhizhao.wallet.device import Device
from zhizhao.wallet.download import download
from zhizhao.wallet.enrol import Application, enrol
from zhizhao.wallet.entitle import entitle
from zhizhao.wallet.holding import DECLARATION_VERSION
from zhizhao.wallet.proving.lookup import document_lookup
from zhizhao.wallet.proving.make_slip import Applicant, make_slip
from zhizhao.wallet.proving.proof import SlipClaim
from zhizhao.wallet.proving.prove import prove

PIN = "274916"


async def fresh_slip(parts: Parts, who: DemoPerson) -> str:
    """Make a slip as the registration window does; the longest life, since people try a demonstration slowly."""
    async with parts.database.write() as connection:
        slip = await make_slip(
            connection,
            Applicant(name=who.name, document_number=who.id_number),
            minutes=4320,
            act=Act.OPERATOR_SLIP_MADE,
            actor=SYSTEM,
            store=parts.wallets,
            sealer=parts.sealer,
            keys=parts.keys,
            ledger=parts.ledger,
            clock=parts.clock,
        )
    return slip.code


async def enrol_phone(parts: Parts, who: DemoPerson) -> Device:
    """Prove a person by a fresh slip and register a phone whose key is thrown away."""
    jwk = _throwaway_jwk()
    canonical = json.dumps(jwk, sort_keys=True, separators=(",", ":")).encode()
    thumbprint = b64url(hashlib.sha256(canonical).digest()).decode()
    tools: dict[str, Any] = {"store": parts.wallets, "ledger": parts.ledger, "clock": parts.clock}
    proof = await prove(
        parts.database.write,
        SlipClaim(code=await fresh_slip(parts, who), document_number=who.id_number),
        thumbprint=thumbprint,
        seconds=parts.settings.real_name_seconds,
        provider=None,
        sealer=parts.sealer,
        keys=parts.keys,
        **tools,
    )
    application = Application(
        proof_id=proof.proof_id, pin=PIN, label="演示旧手机", thumbprint=thumbprint, public_jwk=jwk
    )
    enrolled = await enrol(parts.database.write, application, cap=1, keys=parts.keys, outbox=parts.outbox, **tools)
    return enrolled.device


async def download_to(parts: Parts, device: Device, usccs: Sequence[str]) -> None:
    """Download licences to a phone, each in its own transaction."""
    async with parts.database.read() as connection:
        person = await parts.wallets.person(connection, device.person_id)
        assert person is not None  # noqa: S101 a device belongs to a person
        entitled = {e.entity.uscc: e for e in await entitle(connection, person, registry=parts.registry)}
    for uscc in usccs:
        async with parts.database.write() as connection:
            await download(
                connection,
                device,
                entitled[uscc],
                declaration=DECLARATION_VERSION,
                proof_seconds=parts.settings.real_name_seconds,
                licences=parts.licences,
                store=parts.wallets,
                ledger=parts.ledger,
                outbox=parts.outbox,
                clock=parts.clock,
            )


async def ended_mandate(parts: Parts, uscc: str, *, principal: DemoPerson, agent: DemoPerson) -> None:
    """Keep an agent's mandate that ended yesterday."""
    now = parts.clock.now()
    since, until = now - timedelta(days=31), now - timedelta(days=1)
    grant = _grant(parts, uscc, who=(principal, agent), role=Role.AGENT, term=(since, until))
    await _keep(parts, replace(grant, functions=frozenset({Function.PRESENT})))


async def managers_mandate(parts: Parts, uscc: str, *, principal: DemoPerson, manager: DemoPerson) -> None:
    """Keep a manager's mandate in force: the second person of a company, who may show and freeze its licence."""
    now = parts.clock.now()
    term = (now - timedelta(days=31), now + timedelta(days=365))
    await _keep(parts, _grant(parts, uscc, who=(principal, manager), role=Role.MANAGER, term=term))


def _grant(
    parts: Parts, uscc: str, *, who: tuple[DemoPerson, DemoPerson], role: Role, term: tuple[datetime, datetime]
) -> Grant:
    principal, grantee = (document_lookup(parts.sealer, guess_document(one.id_number)) for one in who)
    return Grant(
        mandate_id=public_id("mnd"),
        uscc=uscc,
        principal_lookup=principal,
        grantee_lookup=grantee,
        role=role,
        matters=None,
        functions=frozenset(Function),
        from_on=today(term[0]),
        to_on=today(term[1]),
        uses=None,
        used=0,
        granted_at=term[0],
        accepted_at=term[0],
        withdrawn_at=None,
    )


async def _keep(parts: Parts, grant: Grant) -> None:
    async with parts.database.write() as connection:
        await parts.mandates.insert(connection, grant)


def _throwaway_jwk() -> dict[str, str]:
    numbers = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    x, y = (b64url(n.to_bytes(32, "big")).decode() for n in (numbers.x, numbers.y))
    return {"crv": "P-256", "kty": "EC", "x": x, "y": y}
