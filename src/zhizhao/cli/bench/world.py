"""The world of a bench: an installation in a temporary folder, planted through the real verbs."""

import contextlib
import tempfile
from asyncio import to_thread
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from zhizhao.app.keeping import keeping
from zhizhao.app.parts import Parts, open_parts
from zhizhao.catalogue.matter import Function
from zhizhao.catalogue.plant import plant as plant_matters
from zhizhao.cli.demo.entities import COMPANY, DemoEntity, demo_uscc
from zhizhao.cli.demo.installation import open_folder
from zhizhao.cli.demo.people import person
from zhizhao.cli.demo.phones import download_to, enrol_phone
from zhizhao.cli.demo.plant import import_rows
from zhizhao.kernel.actor import SYSTEM
from zhizhao.kernel.text import mask_name
from zhizhao.licence.issue_pending import issue_pending
from zhizhao.licence.life import Cause
from zhizhao.mandate.grant import Role
from zhizhao.onboarding.access import mint_access_token
from zhizhao.onboarding.add_client import add_client
from zhizhao.onboarding.client import Client
from zhizhao.presentation.show import Showing
from zhizhao.settings import Settings

FIRST_NUMBER = 10_000
PHONES = 40
SCOPE = "一般项目：日用百货销售；农副产品销售；互联网销售；国内贸易代理。许可项目：食品销售。"
PEAK = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large the world is."""

    entities: int
    downloads: int
    """Licences on phones, spread over the phones."""


QUICK = Size(entities=20_000, downloads=2_000)
FULL = Size(entities=100_000, downloads=10_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A planted installation."""

    parts: Parts
    folder: Path
    settings: Settings
    showings: Sequence[Showing]
    client: Client
    matter: str

    @property
    def client_id(self) -> str:
        """Return the id of the measuring client."""
        return self.client.client_id


@contextlib.asynccontextmanager
async def opened(*, database_url: str | None, port: int) -> AsyncIterator[tuple[Parts, Path]]:
    """Make an installation in a temporary folder, over an empty database, and open it."""
    with tempfile.TemporaryDirectory(prefix="zhizhao-bench-") as name:
        folder = Path(name)
        settings = await to_thread(open_folder, folder, port=port, database_url=database_url)
        async with open_parts(settings) as parts:
            yield parts, folder


@contextlib.asynccontextmanager
async def planted(size: Size, *, database_url: str | None, port: int) -> AsyncIterator[World]:
    """Plant entities, licences, phones and a client in a new installation, and give the opened world."""
    async with opened(database_url=database_url, port=port) as (parts, folder):
        yield await _plant(parts, folder, size)


async def _plant(parts: Parts, folder: Path, size: Size) -> World:
    async with parts.database.write() as connection:
        await plant_matters(connection, store=parts.catalogue, ledger=parts.ledger, clock=parts.clock, actor=SYSTEM)
    entities = [entity(number) for number in range(size.entities)]
    await import_rows(parts, folder / "register.csv", entities)
    office = replace(parts.office, with_sm2=False)  # the suite that is measured; SM2 beside it has its own figures
    async with keeping(parts):
        await issue_pending(parts.database, cause=Cause(actor=SYSTEM), office=office, registry=parts.registry)
    showings = []
    for number in range(PHONES):
        device = await enrol_phone(parts, person(number))
        own = [e.uscc for e in entities[number::PHONES]][: size.downloads // PHONES]
        await download_to(parts, device, own)
        showings += [_showing(uscc, device.device_id, device.person_id, person(number).name) for uscc in own]
    client, matter = await _client(parts)
    return World(
        parts=parts,
        folder=folder,
        settings=parts.settings,
        showings=showings,
        client=client,
        matter=matter,
    )


def entity(number: int) -> DemoEntity:
    """Return the made-up entity of a number, with a name of 12 to 31 characters."""
    return DemoEntity(
        uscc=demo_uscc("91", FIRST_NUMBER + number),
        form=COMPANY,
        name=f"济宁示例第{number}号{'长' * (number % 20)}商贸有限公司",
        principal=person(number % PHONES),
        unit="rencheng",
        scope=SCOPE,
    )


def _showing(uscc: str, device_id: str, person_id: str, name: str) -> Showing:
    return Showing(
        uscc=uscc,
        person_id=person_id,
        device_id=device_id,
        role=Role.LEGAL_REPRESENTATIVE,
        mandate_id=None,
        presenter_name=mask_name(name),
    )


async def _client(parts: Parts) -> tuple[Client, str]:
    async with parts.database.write() as connection:
        matters = await parts.catalogue.all(connection)
        matter = next(m.code for m in matters if Function.PRESENT in m.functions)
        made = await add_client(
            connection,
            "测量用接入系统",
            matters=[matter],
            functions=[Function.PRESENT],
            peak_per_second=PEAK,
            yearly_quota=1_000_000_000,
            store=parts.clients,
            catalogue=parts.catalogue,
            ledger=parts.ledger,
            clock=parts.clock,
            actor=SYSTEM,
        )
    return made.client, matter


def mint(world: World) -> str:
    """Return a fresh access token of the measuring client."""
    parts = world.parts
    return mint_access_token(world.client, base_url=parts.settings.base_url, keys=parts.keys, now=parts.clock.now())
