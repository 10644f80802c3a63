"""An opened wallet to call verbs on; a slip, a proof or an enrolled phone in one call."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from factories.devices import PhoneKey
from factories.ledgers import cheap_keys
from factories.numbers import made_up_id_number
from zhizhao.kernel.actor import OPERATOR
from zhizhao.kernel.clock import Clock
from zhizhao.ledger.entry import Act
from zhizhao.ledger.store import LedgerStore
from zhizhao.storage.database import Database
from zhizhao.storage.outbox import Outbox, pending
from zhizhao.trust.file_provider import FileKeys
from zhizhao.trust.sealing import Sealer
from zhizhao.wallet.change_pin import change_pin
from zhizhao.wallet.device import Device
from zhizhao.wallet.enrol import Application, Enrolled, enrol
from zhizhao.wallet.proving.make_slip import Applicant, make_slip
from zhizhao.wallet.proving.proof import Proof, RealNameClaim, SlipClaim
from zhizhao.wallet.proving.prove import prove
from zhizhao.wallet.real_name import RealNameProvider
from zhizhao.wallet.reset_pin import reset_pin
from zhizhao.wallet.slip import Slip
from zhizhao.wallet.store import WalletStore
from zhizhao.wallet.unlock import unlock

NAME = "张三恕"
ID_NUMBER = made_up_id_number(1, born="19880721")
OTHER_NUMBER = made_up_id_number(2, born="19790302")
PIN = "280417"
OTHER_PIN = "935027"
LIMIT = 5
CAP = 1


@dataclass
class KeptWallet:
    """A wallet with everything that keeps it; each method is one verb with the usual arguments filled in."""

    database: Database
    clock: Clock
    keys: FileKeys
    provider: RealNameProvider | None = None
    store: WalletStore = field(init=False)
    sealer: Sealer = field(init=False)
    ledger: LedgerStore = field(init=False)
    outbox: Outbox = field(init=False)

    def __post_init__(self) -> None:
        """Build the stores over the same database."""
        self.sealer = Sealer(self.keys)
        self.store = WalletStore(self.database, self.sealer)
        self.ledger = LedgerStore(self.database)
        self.outbox = Outbox(self.clock)

    async def slip(self, name: str = NAME, number: str = ID_NUMBER, *, minutes: int = 60) -> Slip:
        """Make a slip as the command line does."""
        async with self.database.write() as connection:
            return await make_slip(
                connection,
                Applicant(name=name, document_number=number),
                minutes=minutes,
                act=Act.OPERATOR_SLIP_MADE,
                actor=OPERATOR,
                store=self.store,
                sealer=self.sealer,
                keys=self.keys,
                ledger=self.ledger,
                clock=self.clock,
            )

    async def prove(self, claim: SlipClaim | RealNameClaim, key: PhoneKey, *, seconds: int = 10_800) -> Proof:
        """Prove a person to a key."""
        return await prove(
            self.database.write,
            claim,
            thumbprint=key.thumbprint,
            seconds=seconds,
            provider=self.provider,
            store=self.store,
            sealer=self.sealer,
            keys=self.keys,
            ledger=self.ledger,
            clock=self.clock,
        )

    async def proof(self, key: PhoneKey, name: str = NAME, number: str = ID_NUMBER, *, seconds: int = 10_800) -> Proof:
        """Make a slip and prove its person to a key."""
        slip = await self.slip(name, number)
        return await self.prove(SlipClaim(code=slip.code, document_number=number), key, seconds=seconds)

    async def enrol(self, key: PhoneKey, proof: Proof, *, pin: str = PIN, cap: int = CAP) -> Enrolled:
        """Register a device."""
        application = Application(
            proof_id=proof.proof_id, pin=pin, label="我的手机", thumbprint=key.thumbprint, public_jwk=key.jwk
        )
        return await enrol(self.database.write, application, cap=cap, **self._tools())

    async def phone(self, name: str = NAME, number: str = ID_NUMBER, *, cap: int = CAP) -> tuple[PhoneKey, Device]:
        """Return an enrolled phone."""
        key = PhoneKey()
        enrolled = await self.enrol(key, await self.proof(key, name, number), cap=cap)
        return key, enrolled.device

    async def unlock(self, key: PhoneKey, pin: str = PIN, *, limit: int = LIMIT) -> Device:
        """Unlock a phone."""
        return await unlock(self.database.write, pin, thumbprint=key.thumbprint, limit=limit, **self._tools())

    async def reset_pin(self, key: PhoneKey, proof: Proof, pin: str = OTHER_PIN) -> Device:
        """Set a new PIN by a proof."""
        return await reset_pin(
            self.database.write, pin, proof_id=proof.proof_id, thumbprint=key.thumbprint, **self._tools()
        )

    async def change_pin(self, key: PhoneKey, old: str = PIN, new: str = OTHER_PIN) -> Device:
        """Change the PIN by the old one."""
        tools = self._tools()
        return await change_pin(self.database.write, old, new, thumbprint=key.thumbprint, limit=LIMIT, **tools)

    async def device(self, key: PhoneKey) -> Device:
        """Read a device as it stands."""
        async with self.database.read() as connection:
            found = await self.store.device_by_key(connection, key.thumbprint)
        assert found is not None
        return found

    async def acts(self) -> list[str]:
        """Return the acts of the ledger in order of their ids."""
        async with self.database.read() as connection:
            rows = await connection.exec_driver_sql("SELECT body FROM ledger_entry ORDER BY entry_id")
            return [_act(bytes(row[0])) for row in rows]

    async def events(self) -> list[Mapping[str, Any]]:
        """Return what the outbox holds."""
        async with self.database.read() as connection:
            return [{"kind": e.kind, **e.payload} for e in await pending(connection)]

    def _tools(self) -> dict[str, Any]:
        return {
            "store": self.store,
            "keys": self.keys,
            "ledger": self.ledger,
            "outbox": self.outbox,
            "clock": self.clock,
        }


def _act(body: bytes) -> str:
    text = body.decode()
    return text.split('"act":"')[1].split('"')[0]


def kept_wallet(database: Database, folder: Path, clock: Clock, provider: RealNameProvider | None = None) -> KeptWallet:
    """Return an empty wallet with keys of its own."""
    return KeptWallet(database=database, clock=clock, keys=cheap_keys(folder / "keys", clock), provider=provider)


async def all_outcomes(*calls: Any) -> list[Any]:
    """Run calls at once; return what each gave or raised."""
    return await asyncio.gather(*calls, return_exceptions=True)
