"""What every act on a licence needs, handed around as one: stores, keys, names, clock."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from zhizhao.kernel.clock import Clock
from zhizhao.ledger.require_witnessed import LONGEST_UNWITNESSED, require_witnessed
from zhizhao.licence.names import IssuerNames
from zhizhao.storage.database import Transaction
from zhizhao.storage.outbox import Outbox
from zhizhao.trust.keys import KeyProvider

if TYPE_CHECKING:
    from zhizhao.ledger.store import LedgerStore
    from zhizhao.licence.store import LicenceStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The issuing office (发照) of an installation; built once by `app`."""

    store: "LicenceStore"
    ledger: "LedgerStore"
    outbox: Outbox
    keys: KeyProvider
    names: IssuerNames
    clock: Clock
    with_sm2: bool = True
    """Sign with the domestic suite beside ES256; a deployment without SM2 leaves the signature empty."""
    longest_unwitnessed: timedelta = LONGEST_UNWITNESSED
    """How long the outside witness may be out of reach before nothing new is issued."""

    async def require_witnessed(self, connection: Transaction) -> None:
        """Return if a new version may be issued now. Raises LedgerUnwitnessed (SECURITY.md §2 T11)."""
        now = await self.store.now(connection)
        await require_witnessed(connection, store=self.ledger, now=now, longest=self.longest_unwitnessed)
