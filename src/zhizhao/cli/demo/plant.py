"""Plant the demonstration through the same verbs that real data take: import a spreadsheet, issue, mark, change."""

import asyncio
import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from zhizhao.app.keeping import keeping
from zhizhao.app.parts import Parts
from zhizhao.catalogue.plant import plant as plant_matters
from zhizhao.cli.demo.accounts import plant_accounts, read_accounts
from zhizhao.cli.demo.entities import CHANGED_NAME, CHANGED_TO, DemoEntity, demo_entities
from zhizhao.cli.demo.people import person
from zhizhao.cli.demo.phones import download_to, ended_mandate, enrol_phone, managers_mandate
from zhizhao.cli.registry import import_file
from zhizhao.kernel.actor import SYSTEM
from zhizhao.kernel.errors import ZhizhaoError
from zhizhao.licence.issue_pending import issue_pending
from zhizhao.licence.life import Cause
from zhizhao.registry.entity import Mark
from zhizhao.registry.intake.values import StatusList
from zhizhao.registry.mark import mark

REGISTER = "register.csv"
CHANGED = "register-changed.csv"


class DemoRefused(ZhizhaoError):
    """The demonstration's own spreadsheet has rows that the intake refuses; a defect of ours."""

    code = "demo-refused"


async def plant(parts: Parts, folder: Path) -> dict[str, Any]:
    """Plant what is missing; return accounts and clients with their secrets."""
    kept = read_accounts(folder)
    if kept is not None:
        return kept
    entities = demo_entities()
    async with parts.database.write() as connection:
        await plant_matters(connection, store=parts.catalogue, ledger=parts.ledger, clock=parts.clock, actor=SYSTEM)
    await import_rows(parts, folder / REGISTER, entities)
    async with keeping(parts):  # a planting that broke off may be taken up much later
        await issue_pending(parts.database, cause=Cause(actor=SYSTEM), office=parts.office, registry=parts.registry)
    await _mark(parts, entities)
    changing = next(e for e in entities if e.name == CHANGED_NAME)
    await download_to(parts, await enrol_phone(parts, changing.principal), [changing.uscc])
    await import_rows(parts, folder / CHANGED, [replace(changing, name=CHANGED_TO, approved_on="2026-11-20")])
    first = entities[0]
    await ended_mandate(parts, first.uscc, principal=first.principal, agent=person(OUTSIDERS[0]))
    await managers_mandate(parts, first.uscc, principal=first.principal, manager=person(MANAGER))
    return await plant_accounts(parts, folder)


OUTSIDERS = (960, 961, 962, 963, 964, 965)
"""Numbers of people who represent nothing, to be managers and agents."""
MANAGER = 966
"""Number of the person who is a manager (证照管理员) of the first entity from the beginning."""


async def write_rows(path: Path, entities: Sequence[DemoEntity]) -> None:
    """Write the entities as a registrar's CSV."""
    rows = [entity.row() for entity in entities]
    labels = list(dict.fromkeys(label for row in rows for label in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, labels, restval="")
    writer.writeheader()
    writer.writerows(rows)
    await asyncio.to_thread(path.write_text, text.getvalue(), "utf-8-sig")


async def import_rows(parts: Parts, path: Path, entities: Sequence[DemoEntity]) -> None:
    """Write the entities as a registrar's CSV and take it in as `zhizhao registry import` does."""
    await write_rows(path, entities)
    figures = await import_file(parts, path, dry_run=False, status_list=StatusList.NONE)
    if figures["rejected"]:
        raise DemoRefused(file=str(path), rejected=figures["rejected"], error_file=figures["error_file"])


async def _mark(parts: Parts, entities: Sequence[DemoEntity]) -> None:
    for entity in entities:
        for name in entity.marks:
            async with parts.database.write() as connection:
                await mark(
                    connection,
                    entity.uscc,
                    wanted=Mark(name),
                    because="演示数据",
                    store=parts.registry,
                    outbox=parts.outbox,
                    ledger=parts.ledger,
                    clock=parts.clock,
                    actor=SYSTEM,
                )
