"""Binds the verbs of the holder's door."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from zhizhao.app.parts import Parts
from zhizhao.app.wallet_uses import WalletUses
from zhizhao.kernel.actor import Actor, ActorKind
from zhizhao.kernel.clock import today
from zhizhao.ledger.entry import Act
from zhizhao.licence.bind import bind
from zhizhao.licence.errors import LicenceUnknown
from zhizhao.registry.errors import RegisterNeverFed
from zhizhao.storage.database import Transaction
from zhizhao.wallet.access import (
    DEVICE_SECONDS,
    AccessLevel,
    AccessToken,
    Caller,
    issue_token,
    make_caller,
    read_token,
)
from zhizhao.wallet.admit import AdmitLine, Admitted, Ask
from zhizhao.wallet.card import Card, make_cards
from zhizhao.wallet.change_pin import change_pin
from zhizhao.wallet.device import Device, require_active
from zhizhao.wallet.download import download
from zhizhao.wallet.enrol import Application, Enrolled, enrol
from zhizhao.wallet.entitle import Entitled, entitle
from zhizhao.wallet.entitlement import Entitlement, HolderRole
from zhizhao.wallet.errors import DeviceUnknown, NotDownloaded, NotEntitled, WalletTokenRefused
from zhizhao.wallet.lose import lose
from zhizhao.wallet.person import Person
from zhizhao.wallet.proving.proof import Proof, RealNameClaim, SlipClaim
from zhizhao.wallet.proving.prove import prove
from zhizhao.wallet.real_name import DemoRealName, RealNameProvider
from zhizhao.wallet.reset_pin import reset_pin
from zhizhao.wallet.revive import revive
from zhizhao.wallet.revoke_device import revoke_device
from zhizhao.wallet.unlock import unlock
from zhizhao.web.wallet.verbs import Downloaded, Held, Loss, WalletVerbs


class _Wallet:
    """The bound verbs about people and devices, as methods on the parts."""

    def __init__(self, parts: Parts, provider: RealNameProvider | None) -> None:
        self.parts = parts
        self.provider = provider
        self.line = AdmitLine(database=parts.database, store=parts.wallets)
        self.uses = WalletUses(parts, self._roles)
        told = {"ledger": parts.ledger, "outbox": parts.outbox, "clock": parts.clock}
        self.tools: dict[str, Any] = {"store": parts.wallets, **told}
        self.pin_tools: dict[str, Any] = {**self.tools, "keys": parts.keys}

    # ---------------------------------------------------------------- who calls

    async def admit(self, ask: Ask) -> Admitted:
        return await self.line.admit(ask, now=self.parts.clock.now())

    async def call(self, ask: Ask) -> Caller:
        if ask.token is None:
            raise WalletTokenRefused(reason="no token")
        admitted = await self.admit(ask)
        access = read_token(
            ask.token,
            keys=self.parts.keys,
            issuer=self.parts.settings.base_url,
            now=self.parts.clock.now(),
            expected_thumbprint=admitted.proof.thumbprint,
        )
        return make_caller(admitted.standing, access)

    def _issue(self, device: Device, level: AccessLevel) -> AccessToken:
        settings = self.parts.settings
        seconds = settings.unlock_seconds if level is AccessLevel.UNLOCKED else DEVICE_SECONDS
        now = self.parts.clock.now()
        return issue_token(self.parts.keys, device, level=level, seconds=seconds, issuer=settings.base_url, now=now)

    async def token(self, admitted: Admitted) -> tuple[Device, AccessToken]:
        if admitted.standing is None:
            raise DeviceUnknown(thumbprint=admitted.proof.thumbprint)
        device = require_active(admitted.standing.device)
        return device, self._issue(device, AccessLevel.DEVICE)

    async def unlock(self, admitted: Admitted, pin: str) -> tuple[Device, AccessToken]:
        device = await self._unlocked(admitted.proof.thumbprint, pin)
        return device, self._issue(device, AccessLevel.UNLOCKED)

    async def require_pin(self, caller: Caller, pin: str) -> None:
        await self._unlocked(caller.device.thumbprint, pin)

    async def _unlocked(self, thumbprint: str, pin: str) -> Device:
        limit = self.parts.settings.pin_attempts
        return await unlock(self.parts.database.write, pin, thumbprint=thumbprint, limit=limit, **self.pin_tools)

    # ---------------------------------------------------------------- people and devices

    async def prove(self, claim: SlipClaim | RealNameClaim, thumbprint: str) -> Proof:
        parts = self.parts
        return await prove(
            parts.database.write,
            claim,
            thumbprint=thumbprint,
            seconds=parts.settings.real_name_seconds,
            provider=self.provider,
            store=parts.wallets,
            sealer=parts.sealer,
            keys=parts.keys,
            ledger=parts.ledger,
            clock=parts.clock,
        )

    async def enrol(self, application: Application) -> tuple[Enrolled, AccessToken]:
        cap = self.parts.settings.devices_per_person
        enrolled = await enrol(self.parts.database.write, application, cap=cap, **self.pin_tools)
        return enrolled, self._issue(enrolled.device, AccessLevel.UNLOCKED)

    async def change_pin(self, caller: Caller, old: str, new: str) -> None:
        limit = self.parts.settings.pin_attempts
        key = caller.device.thumbprint
        await change_pin(self.parts.database.write, old, new, thumbprint=key, limit=limit, **self.pin_tools)

    async def reset_pin(self, admitted: Admitted, proof_id: str, pin: str) -> Device:
        key = admitted.proof.thumbprint
        return await reset_pin(self.parts.database.write, pin, proof_id=proof_id, thumbprint=key, **self.pin_tools)

    async def revive(self, admitted: Admitted, proof_id: str) -> Device:
        async with self.parts.database.write() as connection:
            return await revive(connection, proof_id=proof_id, thumbprint=admitted.proof.thumbprint, **self.tools)

    async def devices(self, caller: Caller) -> Sequence[Device]:
        async with self.parts.database.read() as connection:
            return await self.parts.wallets.devices_of(connection, caller.person.person_id)

    async def revoke_device(self, caller: Caller, device_id: str) -> None:
        async with self.parts.database.write() as connection:
            await revoke_device(connection, device_id, person_id=caller.person.person_id, **self.tools)

    # ---------------------------------------------------------------- licences

    async def _entitled(self, connection: Transaction, caller: Caller) -> tuple[Entitled, ...]:
        return await entitle(connection, caller.person, registry=self.parts.registry, grants=self._grants)

    async def _grants(self, connection: Transaction, person: Person) -> Sequence[Entitlement]:
        """Return what live mandates give a person: accepted, not ended, given by the present representative.

        One that begins later may be downloaded already (DOMAIN.md §4.2); using it is decided at each use.
        """
        found = await self.parts.mandates.by_grantee(connection, person.id_lookup)
        entities = await self.parts.registry.get_many(connection, sorted({grant.uscc for grant in found}))
        on = today(await self.parts.mandates.now(connection))
        live = [
            grant
            for grant in found
            if grant.accepted_at is not None
            and grant.withdrawn_at is None
            and grant.to_on >= on
            and grant.uscc in entities
            and entities[grant.uscc].principal.lookup == grant.principal_lookup
        ]
        return [Entitlement(grant.uscc, HolderRole(grant.role.value), grant.mandate_id) for grant in live]

    async def _roles(self, connection: Transaction, caller: Caller) -> Mapping[str, HolderRole]:
        return {e.entity.uscc: e.entitlement.role for e in await self._entitled(connection, caller)}

    async def cards(self, caller: Caller) -> Sequence[Card]:
        async with self.parts.database.read() as connection:
            return await self._cards(connection, caller)

    async def _cards(self, connection: Transaction, caller: Caller) -> Sequence[Card]:
        entitled = await self._entitled(connection, caller)
        heads = await self.parts.licences.heads(connection, [e.entity.uscc for e in entitled])
        copies = await self.parts.wallets.copies_on(connection, caller.device.device_id)
        return make_cards(entitled, heads=heads, copies={c.uscc: c for c in copies})

    async def as_of(self) -> datetime | None:
        async with self.parts.database.read() as connection:
            try:
                return await self.parts.registry.as_of(connection)
            except RegisterNeverFed:
                return None

    async def held(self, caller: Caller, uscc: str) -> Held:
        async with self.parts.database.read() as connection:
            cards = {card.entity.uscc: card for card in await self._cards(connection, caller)}
            if uscc not in cards:
                raise NotEntitled(uscc=uscc)
            copy = cards[uscc].copy
            if copy is None:
                raise NotDownloaded(uscc=uscc, device=caller.device.device_id)
            licence = await self.parts.licences.version(connection, uscc, copy.version)
        if licence is None:
            raise LicenceUnknown(uscc=uscc, version=copy.version)
        return Held(copy=copy, licence=licence, card=cards[uscc])

    async def download(self, caller: Caller, uscc: str, declaration: str) -> Downloaded:
        parts = self.parts
        async with parts.database.write() as connection:
            entitled = {e.entity.uscc: e for e in await self._entitled(connection, caller)}
            if uscc not in entitled:
                raise NotEntitled(uscc=uscc)
            copy, licence = await download(
                connection,
                caller.device,
                entitled[uscc],
                declaration=declaration,
                proof_seconds=parts.settings.real_name_seconds,
                licences=parts.licences,
                **self.tools,
            )
        jwk, names = caller.device.public_jwk, parts.office.names
        credential = bind(licence, jwk, keys=parts.keys, names=names, at=copy.downloaded_at)
        return Downloaded(copy=copy, licence=licence, credential=credential)

    # ---------------------------------------------------------------- loss

    async def report_loss(self, claim: SlipClaim | RealNameClaim) -> Loss:
        """Prove the person to nobody's key, then freeze that person's devices."""
        proof = await self.prove(claim, f"loss-page:{secrets.token_urlsafe(16)}")
        parts = self.parts
        async with parts.database.write() as connection:
            await parts.wallets.proofs.use_proof(connection, proof.proof_id, thumbprint=proof.thumbprint)
            person = await parts.wallets.person_by_document(connection, proof.id_lookup)
            if person is None:
                return Loss(devices=0)
            actor = Actor(ActorKind.PERSON, person.person_id)
            frozen = await lose(
                connection,
                person.person_id,
                act=Act.PUBLIC_WALLET_FROZEN,
                because="reported-by-owner",
                actor=actor,
                **self.tools,
            )
        return Loss(devices=len(frozen))


def wire(parts: Parts, *, provider: RealNameProvider | None = None) -> WalletVerbs:
    """Return the bound verbs; the demonstration gets its stand-in for the real-name check, which warns."""
    if provider is None and parts.settings.demo:
        provider = DemoRealName(demo=parts.settings.demo)
    wallet = _Wallet(parts, provider)
    uses = wallet.uses
    offered = "none" if provider is None else ("simulated" if provider.simulated else "live")
    return WalletVerbs(
        admit=wallet.admit,
        call=wallet.call,
        prove=wallet.prove,
        enrol=wallet.enrol,
        token=wallet.token,
        unlock=wallet.unlock,
        require_pin=wallet.require_pin,
        change_pin=wallet.change_pin,
        reset_pin=wallet.reset_pin,
        revive=wallet.revive,
        devices=wallet.devices,
        revoke_device=wallet.revoke_device,
        cards=wallet.cards,
        as_of=wallet.as_of,
        held=wallet.held,
        download=wallet.download,
        show=uses.show,
        ticket_state=uses.ticket_state,
        ticket_news=uses.ticket_news,
        records=uses.records,
        record=uses.record,
        disown=uses.disown,
        freeze_licence=uses.freeze_licence,
        unfreeze_licence=uses.unfreeze_licence,
        report_loss=wallet.report_loss,
        real_name=offered,
        code_seconds=parts.settings.code_seconds,
    )
