"""An installation with phones that can show many codes at once, and the requests that redeem them."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from zhizhao.app.parts import Parts, open_parts
from zhizhao.catalogue.matter import Function
from zhizhao.catalogue.plant import plant
from zhizhao.cli.demo.entities import COMPANY, DemoEntity, demo_uscc
from zhizhao.cli.demo.installation import SETTINGS, open_folder
from zhizhao.cli.demo.people import person
from zhizhao.cli.demo.phones import download_to, enrol_phone
from zhizhao.cli.demo.plant import import_rows
from zhizhao.kernel.actor import SYSTEM
from zhizhao.licence.issue_pending import issue_pending
from zhizhao.licence.life import Cause
from zhizhao.onboarding.access import mint_access_token
from zhizhao.onboarding.add_client import add_client
from zhizhao.onboarding.client import Client
from zhizhao.presentation.show import Showing

MATTER = "EG-SCJG-SPXK"


@dataclass(frozen=True, slots=True)
class CounterWorld:
    """A planted installation, opened beside the server that serves it."""

    parts: Parts
    config: Path
    client: Client
    showing: Showing

    async def codes(self, count: int) -> list[str]:
        """Show so many codes."""
        made = []
        for start in range(0, count, 500):
            wanted = [self.parts.show_line.show(self.showing) for _ in range(min(500, count - start))]
            made += await asyncio.gather(*wanted)
        return [ticket.code for ticket in made]

    def request(self, code: str, *, port: int, key: str | None = None) -> bytes:
        """Return the HTTP request that redeems a code."""
        token = mint_access_token(
            self.client,
            base_url=self.parts.settings.base_url,
            keys=self.parts.keys,
            now=self.parts.clock.now(),
        )
        body = json.dumps({"code": code, "matter": MATTER, "purpose": "并发测试"}, ensure_ascii=False).encode()
        head = (
            f"POST /api/v1/presentations HTTP/1.1\r\nHost: localhost:{port}\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        )
        return (head + (f"Idempotency-Key: {key}\r\n" if key else "") + "\r\n").encode() + body


@contextlib.asynccontextmanager
async def counter_world(folder: Path, *, database_url: str | None = None) -> AsyncIterator[CounterWorld]:
    """Plant one entity, its phone and a client in a new installation."""
    settings = await asyncio.to_thread(open_folder, folder, port=8420, database_url=database_url)
    async with open_parts(settings) as parts:
        async with parts.database.write() as connection:
            await plant(connection, store=parts.catalogue, ledger=parts.ledger, clock=parts.clock, actor=SYSTEM)
        entity = DemoEntity(
            uscc=demo_uscc("91", 500), form=COMPANY, name="济宁示例并发商贸有限公司", principal=person(5), unit="qufu"
        )
        await import_rows(parts, folder / "register.csv", [entity])
        await issue_pending(parts.database, cause=Cause(actor=SYSTEM), office=parts.office, registry=parts.registry)
        device = await enrol_phone(parts, person(5))
        await download_to(parts, device, [entity.uscc])
        showing = Showing(
            uscc=entity.uscc,
            person_id=device.person_id,
            device_id=device.device_id,
            role="legal_representative",
            mandate_id=None,
            presenter_name="张*",
        )
        yield CounterWorld(parts, folder / SETTINGS, await new_client(parts), showing)


async def new_client(parts: Parts) -> Client:
    """Add a client without a tight peak."""
    async with parts.database.write() as connection:
        made = await add_client(
            connection,
            "并发测试系统",
            matters=[MATTER],
            functions=[Function.PRESENT],
            peak_per_second=10_000,
            yearly_quota=10_000_000,
            store=parts.clients,
            catalogue=parts.catalogue,
            ledger=parts.ledger,
            clock=parts.clock,
            actor=SYSTEM,
        )
    return made.client
