"""`bench print`: the licence as PDF through the kept compiler (P6), and its seal (P7)."""

from functools import partial
from pathlib import Path

from msgspec import structs

from zhizhao.app.keeping import keeping
from zhizhao.app.parts import KEY_FOLDER, Parts
from zhizhao.cli.bench.case import Outcome, Plan, quiet_rounds
from zhizhao.cli.bench.floor import measure_floor
from zhizhao.cli.bench.inside import measure, nothing
from zhizhao.cli.bench.world import entity
from zhizhao.cli.demo.plant import write_rows
from zhizhao.cli.registry import import_file
from zhizhao.document.pdf import Press
from zhizhao.document.seal import seal_pdf
from zhizhao.document.sheet import licence_sheet
from zhizhao.kernel.actor import SYSTEM
from zhizhao.licence.issue_pending import issue_pending
from zhizhao.licence.licence import Licence
from zhizhao.licence.life import Cause
from zhizhao.registry.intake.values import StatusList
from zhizhao.trust.certificates import Certificates
from zhizhao.trust.keys import Purpose

QUICK = Plan(rounds=3, requests=60)
FULL = Plan(rounds=5, requests=200)
BUDGET_SHEET = 100.0
BUDGET_SEAL = 250.0


class _Printer:
    """One licence, drawn under ever new names, and one drawing, sealed again and again."""

    def __init__(self, parts: Parts, press: Press, licence: Licence) -> None:
        self._parts = parts
        self._press = press
        self._licence = licence
        self._chain = Certificates(parts.settings.data_path() / KEY_FOLDER, parts.keys).chain(Purpose.DOCUMENT_SEAL)
        self._drawn = 0
        self._pdf = b""
        self.wrong: list[str] = []

    async def draw(self, count: int) -> None:
        """Draw sheets whose name differs each time, as in life: nothing can be kept from the one before."""
        for _ in range(count):
            self._drawn += 1
            face = structs.replace(self._licence.face, name=f"{self._licence.face.name}{self._drawn}号店")
            sheet = licence_sheet(
                face,
                settings=self._parts.settings,
                display_id=self._licence.display_id,
                drawn_at=self._licence.issued_at,
            )
            self._pdf = await self._press.render(sheet)
            self._require(self._pdf)

    async def seal(self, count: int) -> None:
        """Seal the last drawing."""
        for _ in range(count):
            now = self._parts.clock.now()
            sealed = await seal_pdf(self._pdf, keys=self._parts.keys, chain=self._chain, sealed_at=now)
            self._require(sealed, larger_than=len(self._pdf))

    def _require(self, pdf: bytes, *, larger_than: int = 10_000) -> None:
        if not pdf.startswith(b"%PDF-") or len(pdf) <= larger_than:
            self.wrong.append(f"{len(pdf)} bytes are no sheet")


async def bench_print(parts: Parts, folder: Path, *, plan: Plan) -> list[Outcome]:
    """Measure drawing and sealing; no store takes part."""
    press = Press(parts.settings.font_dir)
    try:
        printer = _Printer(parts, press, await _licence(parts, folder))
        await printer.draw(plan.requests)
        outcomes = []
        for name, work, budget in (("sheet", printer.draw, BUDGET_SHEET), ("seal", printer.seal, BUDGET_SEAL)):
            rounds = await quiet_rounds(
                plan,
                measure=partial(measure, prepare=nothing, work=work, database_pid=None),
                floor=partial(measure_floor, parts.keys),
            )
            one = Outcome(name=name, store="none", suite="ES256", budget=budget, rounds=rounds, wrong=printer.wrong)
            one.notes = {"unit": "document"}
            outcomes.append(one)
        return outcomes
    finally:
        press.close()


async def _licence(parts: Parts, folder: Path) -> Licence:
    path = folder / "rows.csv"
    await write_rows(path, [entity(0)])
    await import_file(parts, path, dry_run=False, status_list=StatusList.NONE)
    async with keeping(parts):
        await issue_pending(parts.database, cause=Cause(actor=SYSTEM), office=parts.office, registry=parts.registry)
    async with parts.database.read() as connection:
        licence = await parts.licences.current(connection, entity(0).uscc)
    assert licence is not None  # noqa: S101 issued just above
    return licence
