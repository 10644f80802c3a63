"""The parts of an opened installation: built once, handed to commands and doors; nothing else is global."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from zhizhao.app.reactions import reactions
from zhizhao.catalogue.store import CatalogueStore
from zhizhao.kernel.actor import OPERATOR, Actor
from zhizhao.kernel.clock import Clock, SystemClock
from zhizhao.ledger.store import LedgerStore
from zhizhao.licence.store import LicenceStore
from zhizhao.mandate.store import GrantStore
from zhizhao.onboarding.store import ClientStore
from zhizhao.presentation.store import PresentationStore
from zhizhao.registry.store import RegistryStore
from zhizhao.settings import Settings, read_passphrase
from zhizhao.staff.store import StaffStore
from zhizhao.storage.database import Database
from zhizhao.storage.outbox import Outbox
from zhizhao.trust.file_provider import FileKeys
from zhizhao.trust.keys import KeyProvider
from zhizhao.trust.sealing import Sealer
from zhizhao.wallet.store import WalletStore

KEY_FOLDER = "keys"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """An opened installation."""

    settings: Settings
    database: Database
    clock: Clock
    keys: KeyProvider
    sealer: Sealer
    outbox: Outbox
    ledger: LedgerStore
    catalogue: CatalogueStore
    registry: RegistryStore
    staff: StaffStore
    licences: LicenceStore
    wallets: WalletStore
    mandates: GrantStore
    clients: ClientStore
    presentations: PresentationStore
    actor: Actor = OPERATOR
    """Who acts when a command does; doors name their own."""
