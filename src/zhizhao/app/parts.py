"""The parts of an opened installation: built once, handed to commands and doors; nothing else is global."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from zhizhao.app.reactions import in_transaction
from zhizhao.catalogue.store import CatalogueStore
from zhizhao.kernel.actor import OPERATOR, Actor
from zhizhao.kernel.clock import Clock, SystemClock
from zhizhao.ledger.store import LedgerStore
from zhizhao.licence.names import IssuerNames
from zhizhao.licence.office import Office
from zhizhao.licence.store import LicenceStore
from zhizhao.mandate.store import GrantStore
from zhizhao.onboarding.store import ClientStore
from zhizhao.presentation.hot.store import TicketLineStore
from zhizhao.presentation.reading import Reader
from zhizhao.presentation.record import Scribe
from zhizhao.presentation.redeem import RedeemLine
from zhizhao.presentation.show import ShowLine
from zhizhao.presentation.store import PresentationStore
from zhizhao.registry.store import RegistryStore
from zhizhao.settings import Settings, read_passphrase
from zhizhao.staff.store import StaffStore
from zhizhao.storage.database import Database
from zhizhao.storage.migrate import require_current
from zhizhao.storage.outbox import InTransaction, Outbox
from zhizhao.trust.file_provider import FileKeys, require_fit
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
    office: Office
    """The issuing office."""
    redeem_line: RedeemLine
    show_line: ShowLine
    actor: Actor = OPERATOR
    """Who acts when a command does; doors name their own."""


def issuer_names(settings: Settings) -> IssuerNames:
    """Return what the installation calls itself in credentials."""
    return IssuerNames(
        base_url=settings.base_url,
        authority=settings.issuer_authority,
        type_code=settings.licence_type_code,
        templates=frozenset(settings.issued_templates),
    )


def _office(
    settings: Settings, database: Database, *, registry: RegistryStore, keys: KeyProvider, clock: Clock
) -> Office:
    """Return the issuing office with the outbox whose reactions it is part of."""
    reactions: dict[str, Sequence[InTransaction]] = {}
    office = Office(
        store=LicenceStore(database),
        ledger=LedgerStore(database),
        outbox=Outbox(clock, reactions),
        keys=keys,
        names=issuer_names(settings),
        clock=clock,
        with_sm2=settings.issue_sm2,
        longest_unwitnessed=timedelta(seconds=settings.unwitnessed_seconds),
    )
    reactions.update(in_transaction(office=office, registry=registry))
    return office


def build_parts(settings: Settings, *, keys: KeyProvider, clock: Clock | None = None) -> Parts:
    """Build the parts of an installation from its settings and opened keys; does no I/O."""
    clock = clock or SystemClock()
    database = Database(settings.url_of_database(), offset=clock.offset)
    sealer = Sealer(keys)
    registry = RegistryStore(database)
    office = _office(settings, database, registry=registry, keys=keys, clock=clock)
    ledger, licences = office.ledger, office.store
    wallets, mandates = WalletStore(database, sealer), GrantStore(database)
    catalogue, clients, tickets = CatalogueStore(database), ClientStore(database), TicketLineStore(database)
    reader = Reader(registry=registry, licences=licences, wallets=wallets, mandates=mandates)
    redeem_line = RedeemLine(
        database=database,
        store=tickets,
        clients=clients,
        catalogue=catalogue,
        reader=reader,
        scribe=Scribe(issuer=settings.base_url, keys=keys, clock=clock),
        ledger=ledger,
        misses_per_minute=settings.misses_per_minute,
    )
    show_line = ShowLine(
        database=database,
        store=tickets,
        catalogue=catalogue,
        reader=reader,
        keys=keys,
        code_seconds=settings.code_seconds,
    )
    return Parts(
        settings=settings,
        database=database,
        clock=clock,
        keys=keys,
        sealer=sealer,
        outbox=office.outbox,
        ledger=ledger,
        catalogue=catalogue,
        registry=registry,
        staff=StaffStore(database),
        licences=licences,
        wallets=wallets,
        mandates=mandates,
        clients=clients,
        presentations=PresentationStore(database),
        office=office,
        redeem_line=redeem_line,
        show_line=show_line,
    )


@asynccontextmanager
async def open_parts(settings: Settings, *, offset: timedelta = timedelta(0)) -> AsyncIterator[Parts]:
    """Open an installation: its keys, its store, its schema version; close it at the end.

    Raises PassphraseRefused, KeyFileMissing, SchemaMismatch and what the settings refuse.
    """
    clock = SystemClock(offset)
    keys = FileKeys.open(settings.data_path() / KEY_FOLDER, read_passphrase(settings), clock=clock)
    require_fit(keys, demo=settings.demo)
    parts = build_parts(settings, keys=keys, clock=clock)
    try:
        async with parts.database.read() as connection:
            await require_current(connection)
        yield parts
    finally:
        await parts.redeem_line.batcher.drain()
        await parts.show_line.batcher.drain()
        await parts.database.close()
