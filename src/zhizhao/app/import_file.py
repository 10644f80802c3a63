"""Take in one file of a registrar, or try it: what the command and the office's page share."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from zhizhao.app.parts import Parts
from zhizhao.kernel.actor import Actor
from zhizhao.kernel.clock import today
from zhizhao.registry.findings import Findings
from zhizhao.registry.import_entities import Desk, Progress, import_entities, try_import
from zhizhao.registry.intake.error_file import ErrorFile
from zhizhao.registry.intake.limits import LARGEST_UNPACKED
from zhizhao.registry.intake.open_source import is_message, is_workbook, open_source
from zhizhao.registry.intake.row import RowReader
from zhizhao.registry.intake.sift import CHUNK_ROWS, Report, Sifter
from zhizhao.registry.intake.source import Source
from zhizhao.registry.intake.values import StatusList
from zhizhao.registry.tally import Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """How a file is to be imported."""

    actor: Actor
    status_list: StatusList
    dry_run: bool
    name: str
    """What the feed is called."""
    allow_older: bool = False
    """Take rows that are older than what is recorded, to put something right."""
    largest_unpacked: int = LARGEST_UNPACKED
    most_rows: int = 0
    """0: as many as there are, as at the command line."""
    chunk_rows: int = CHUNK_ROWS
    """Rows of one transaction: as long as one lasts, others wait for the writer's place of SQLite."""


class _Twice:
    """Tells every line to the error file and to somebody who listens."""

    def __init__(self, file: ErrorFile, listener: Report) -> None:
        self._both = (file, listener)

    def add(self, row: int, level: str, *, column: str, uscc: str, reason: str) -> None:
        for one in self._both:
            one.add(row, level, column=column, uscc=uscc, reason=reason)


async def import_file(
    parts: Parts, file: Path, *, order: Order, progress: Progress | None = None, listener: Report | None = None
) -> Findings:
    """Import one file, or with `dry_run` say what would happen. Raises IntakeRefused, ChangedMeanwhile."""
    source = open_source(file, largest_unpacked=order.largest_unpacked)
    errors = ErrorFile(file, as_workbook=is_workbook(source))
    report = errors if listener is None else _Twice(errors, listener)
    sifter = Sifter(_reader(parts, source, order), report, chunk_rows=order.chunk_rows, most_rows=order.most_rows)
    tally = Tally()
    try:
        if order.dry_run:
            tally = await try_import(source, sifter, desk=_desk(parts, order), progress=progress)
        else:
            desk, digest = _desk(parts, order), _digest(file)
            tally = await import_entities(source, sifter, desk=desk, name=order.name, digest=digest, progress=progress)
    finally:
        error_file = errors.close()
    return _findings(tally, sifter, source=source, error_file=error_file)


def _reader(parts: Parts, source: Source, order: Order) -> RowReader:
    return RowReader(
        today=today(parts.clock.now()),
        kind_templates=parts.settings.kind_templates,
        status_list=order.status_list,
        is_message=is_message(source),
    )


def _desk(parts: Parts, order: Order) -> Desk:
    return Desk(
        database=parts.database,
        store=parts.registry,
        sealer=parts.sealer,
        outbox=parts.outbox,
        ledger=parts.ledger,
        clock=parts.clock,
        actor=order.actor,
        allow_older=order.allow_older,
    )


def _digest(file: Path) -> bytes:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").digest()


def _findings(tally: Tally, sifter: Sifter, *, source: Source, error_file: Path | None) -> Findings:
    return Findings(
        rows=sifter.rows,
        new=tally.new,
        changed=tally.changed,
        unchanged=tally.unchanged,
        rejected=sifter.rejected,
        error_file=str(error_file) if error_file else None,
        warnings=dict(sorted(sifter.warnings.items())),
        unknown_columns=tuple(source.notes.unknown_columns),
        remarks=tuple(source.notes.remarks),
    )
