"""Sift a file's rows into chunks of drafts that can be recorded; everything else goes to the report."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Protocol

from zhizhao.registry.draft import EntityDraft
from zhizhao.registry.errors import IntakeRefused, RowRefused
from zhizhao.registry.intake import reasons
from zhizhao.registry.intake.columns import labels_by_key
from zhizhao.registry.intake.error_file import ERROR, HINT
from zhizhao.registry.intake.row import RowReader
from zhizhao.registry.intake.source import Problem, RawRow, Source
from zhizhao.registry.tally import Refusal

CHUNK_ROWS = 2000


class Report(Protocol):
    """Where bad rows and hints are told."""

    def add(self, row: int, level: str, *, column: str, uscc: str, reason: str) -> None:
        """Write one line."""


class Sifter:
    """Reads rows, tells what is wrong with them, and counts."""

    def __init__(self, reader: RowReader, report: Report, *, chunk_rows: int = CHUNK_ROWS, most_rows: int = 0) -> None:
        self._reader = reader
        self._report = report
        self._chunk_rows = chunk_rows
        self._most_rows = most_rows
        """0: as many as there are."""
        self._seen: dict[str, int] = {}
        self.rows = 0
        """Rows that were not blank."""
        self.rejected = 0
        """Rows that were not taken."""
        self.warnings: Counter[str] = Counter()
        """Rows that were taken and are odd, by code."""

    def chunks(self, source: Source) -> Iterator[list[EntityDraft]]:
        """Return chunks in which each code stands once.

        When the file breaks off, the rows before are still given, and then IntakeRefused is raised.
        """
        chunk: list[EntityDraft] = []
        try:
            for raw in source.rows():
                self._count()
                draft = self._draft(raw)
                if draft is not None:
                    chunk.append(draft)
                if len(chunk) >= self._chunk_rows:
                    yield chunk
                    chunk = []
        except IntakeRefused:
            yield chunk
            raise
        yield chunk

    def _count(self) -> None:
        self.rows += 1
        if self.rows > self._most_rows > 0:
            message = f"网页导入一次最多 {self._most_rows} 行，请分成几个文件，或由运维人员用命令导入"
            raise IntakeRefused(reason="too-many-rows", message=message)

    def refuse(self, refusals: Iterable[Refusal]) -> None:
        """Tell what the register itself did not take."""
        for one in refusals:
            self.rejected += 1
            self._report.add(self._seen[one.uscc], ERROR, column=one.column, uscc=one.uscc, reason=one.reason)

    def _draft(self, raw: RawRow) -> EntityDraft | None:
        if raw.problems:
            self._tell(raw.number, RowRefused(uscc=None, problems=raw.problems))
            return None
        try:
            draft = self._reader.read(raw.values)
        except RowRefused as refused:
            self._tell(raw.number, refused)
            return None
        first = self._seen.setdefault(draft.uscc, raw.number)
        if first != raw.number:
            double = Problem(labels_by_key()["uscc"], reasons.double(first))
            self._tell(raw.number, RowRefused(uscc=draft.uscc, problems=(double,)))
            return None
        if draft.warnings:
            self._hint(raw.number, draft)
        return draft

    def _tell(self, number: int, refused: RowRefused) -> None:
        self.rejected += 1
        problems: tuple[Problem, ...] = refused.facts["problems"]  # type: ignore[assignment] # set by the reader
        uscc = refused.facts["uscc"] or ""
        for problem in problems:
            self._report.add(number, ERROR, column=problem.column, uscc=str(uscc), reason=problem.reason)

    def _hint(self, number: int, draft: EntityDraft) -> None:
        self.warnings.update(draft.warnings)
        for code in draft.warnings:
            if code in reasons.TOLD_PER_ROW:
                column, reason = reasons.WARNINGS[code]
                self._report.add(number, HINT, column=column, uscc=draft.uscc, reason=reason)
