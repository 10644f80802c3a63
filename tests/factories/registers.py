"""A register on a store, and registrars' files to feed it: made-up rows in every format."""

import csv
import hashlib
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from openpyxl import Workbook
from sqlalchemy import select

from factories.ledgers import cheap_keys
from factories.numbers import made_up_id_number, made_up_uscc
from zhizhao.kernel.actor import OPERATOR, Actor, ActorKind
from zhizhao.kernel.clock import HeldClock
from zhizhao.ledger.entry import Entry, parse_entry
from zhizhao.ledger.store import ENTRY, LedgerStore
from zhizhao.registry.draft import EntityDraft
from zhizhao.registry.entity import Entity
from zhizhao.registry.events import EntityChanged
from zhizhao.registry.import_entities import Desk, import_entities, try_import
from zhizhao.registry.intake.open_source import is_message, open_source
from zhizhao.registry.intake.row import RowReader
from zhizhao.registry.intake.sift import Sifter
from zhizhao.registry.intake.values import StatusList
from zhizhao.registry.record import record
from zhizhao.registry.store import RegistryStore
from zhizhao.registry.tally import Tally
from zhizhao.storage.database import Database
from zhizhao.storage.outbox import Outbox, Posted, pending
from zhizhao.trust.sealing import Sealer

CLERK = Actor(ActorKind.STAFF, "acc_0000000000000000000000")
TODAY = date(2026, 11, 23)
LABELS = (
    "统一社会信用代码",
    "名称",
    "类型",
    "法定代表人",
    "经营范围",
    "注册资本",
    "成立日期",
    "营业期限",
    "住所",
    "登记状态",
    "登记机关",
    "区划代码",
    "证件号码",
    "核准日期",
    "登记日期",
)


def a_row(number: int, **changes: str) -> dict[str, str]:
    """Return one made-up company as a registrar's row, by label; `changes` replace or add cells."""
    row = {
        "统一社会信用代码": made_up_uscc(number),
        "名称": f"济宁示例第{number}机电设备有限公司",
        "类型": "有限责任公司(自然人投资或控股)",
        "法定代表人": "张三恕",
        "经营范围": "机电设备销售；五金产品零售（依法须经批准的项目，经相关部门批准后方可开展经营活动）",
        "注册资本": "200万元",
        "成立日期": "2020-02-22",
        "营业期限": "2020年02月22日至长期",
        "住所": f"山东省济宁市任城区示例路{number}号",
        "登记状态": "存续",
        "登记机关": "济宁市任城区行政审批服务局（演示）",
        "区划代码": "370811",
        "证件号码": made_up_id_number(number % 1000),
        "核准日期": "2024-03-05",
        "登记日期": "2020-02-22",
    }
    return row | changes


def table(rows: Sequence[Mapping[str, str]]) -> list[list[str]]:
    """Return head and lines of rows; columns in the order in which they first appear."""
    labels = list(dict.fromkeys(label for row in rows for label in row))
    return [labels, *([row.get(label, "") for label in labels] for row in rows)]


def write_csv(path: Path, lines: Iterable[Sequence[object]], *, encoding: str = "utf-8", delimiter: str = ",") -> Path:
    """Write lines as CSV."""
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(lines)
    return path


def write_xlsx(path: Path, lines: Iterable[Sequence[object]]) -> Path:
    """Write lines as a workbook of one sheet."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("名录")
    for line in lines:
        sheet.append(list(line))
    book.save(path)
    return path


def write_message(path: Path, firms: Sequence[Mapping[str, str]], *, encoding: str = "UTF-8") -> Path:
    """Write firms as an `infoXml` message; keys are element names."""
    body = "".join(
        f"<firm>{''.join(f'<{name}>{escape(text)}</{name}>' for name, text in firm.items())}</firm>" for firm in firms
    )
    path.write_bytes(f'<?xml version="1.0" encoding="{encoding}"?><licence>{body}</licence>'.encode(encoding))
    return path


def a_firm(number: int, **changes: str) -> dict[str, str]:
    """Return one made-up company as the message sends it."""
    firm = {
        "type": "1",
        "attribute13": made_up_uscc(number),
        "attribute17": "370800200000017",
        "attribute18": f"济宁示例第{number}机电设备有限公司",
        "attribute19": "有限责任公司",
        "attribute20": "张三恕",
        "attribute25": "200万元",
        "attribute29": "山东省济宁市任城区示例路1号",
        "attribute33": "2020年02月22日",
        "attribute39": "机电设备销售",
        "attribute41": "370811",
        "attribute42": "济宁市任城区行政审批服务局（演示）",
        "attribute43": "2020年02月22日",
        "attribute52": "13800000000",
        "attribute56": made_up_id_number(number % 1000),
        "attribute90": "A1",
        "attribute504": "370811",
    }
    return firm | changes


@dataclass(slots=True)
class Told:
    """A report that keeps its lines."""

    lines: list[tuple[int, str, str, str]] = field(default_factory=list)
    """Row, level, column, reason."""

    def add(self, row: int, level: str, *, column: str, uscc: str, reason: str) -> None:
        """Keep one line."""
        del uscc
        self.lines.append((row, level, column, reason))

    def reasons(self, row: int) -> list[str]:
        """Return the reasons told for a row."""
        return [reason for number, _, _, reason in self.lines if number == row]


@dataclass(slots=True)
class Done:
    """An import that ended."""

    tally: Tally
    sifter: Sifter
    told: Told
    remarks: list[str]
    unknown: list[str]

    @property
    def figures(self) -> tuple[int, int, int, int, int]:
        """Return rows, new, changed, unchanged, rejected."""
        one = self.tally
        return self.sifter.rows, one.new, one.changed, one.unchanged, self.sifter.rejected


@dataclass(slots=True)
class Register:
    """A register with everything that keeps it."""

    desk: Desk
    sealer: Sealer

    @property
    def store(self) -> RegistryStore:
        """Return the store."""
        return self.desk.store

    @property
    def acting(self) -> dict[str, Any]:
        """Return what single acts of an official take."""
        desk = self.desk
        return {
            "store": desk.store,
            "outbox": desk.outbox,
            "ledger": desk.ledger,
            "clock": desk.clock,
            "actor": CLERK,
        }

    async def record(self, *drafts: EntityDraft, **parts: Any) -> Tally:
        """Record drafts as an official."""
        async with self.desk.database.write() as connection:
            return await record(connection, drafts, sealer=self.sealer, **{**self.acting, **parts})

    async def take(
        self,
        path: Path,
        *,
        dry_run: bool = False,
        status_list: StatusList = StatusList.NONE,
        chunk_rows: int = 1000,
        most_rows: int = 0,
    ) -> Done:
        """Import a file as the command does."""
        source = open_source(path)
        told = Told()
        reader = RowReader(today=TODAY, status_list=status_list, is_message=is_message(source))
        sifter = Sifter(reader, told, chunk_rows=chunk_rows, most_rows=most_rows)
        if dry_run:
            tally = await try_import(source, sifter, desk=self.desk)
        else:
            digest = hashlib.sha256(path.read_bytes()).digest()
            tally = await import_entities(source, sifter, desk=self.desk, name=path.name, digest=digest)
        return Done(tally, sifter, told, source.notes.remarks, source.notes.unknown_columns)

    async def get(self, number: int) -> Entity:
        """Return the entity of a number."""
        async with self.desk.database.read() as connection:
            found = await self.store.get(connection, made_up_uscc(number))
        assert found is not None
        return found

    async def events(self) -> list[Posted]:
        """Return the register's events so far."""
        async with self.desk.database.read() as connection:
            return await pending(connection, limit=100_000)

    async def changes(self) -> list[Mapping[str, Any]]:
        """Return what EntityChanged events said."""
        return [one.payload for one in await self.events() if one.kind == EntityChanged.kind]

    async def entries(self) -> list[Entry]:
        """Return the ledger's entries so far."""
        async with self.desk.database.read() as connection:
            rows = await connection.execute(select(ENTRY.c.body).order_by(ENTRY.c.entry_id))
            return [parse_entry(body) for (body,) in rows]


def open_register(
    database: Database, folder: Path, clock: HeldClock, reactions: Mapping[str, Sequence[Any]] | None = None
) -> Register:
    """Open a register on a store; `reactions` go to the outbox."""
    keys = cheap_keys(folder / "keys", clock)
    sealer = Sealer(keys)
    desk = Desk(
        database=database,
        store=RegistryStore(database),
        sealer=sealer,
        outbox=Outbox(clock, reactions),
        ledger=LedgerStore(database),
        clock=clock,
        actor=OPERATOR,
    )
    return Register(desk, sealer)


def draft_of(row: Mapping[str, str], **reader: Any) -> EntityDraft:
    """Return the draft that a labelled row gives. Raises RowRefused."""
    from zhizhao.registry.intake.columns import key_of  # noqa: PLC0415 only tests of rows need it

    values = {str(key_of(label)): text for label, text in row.items() if text}
    return RowReader(today=TODAY, **reader).read(values)


_CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
_RELATION = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="{target}"/>'
    "</Relationships>"
)
_WORKBOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="名录" sheetId="1" r:id="r1"/></sheets></workbook>'
)


def write_long_xlsx(path: Path, lines: Iterable[Sequence[str]]) -> Path:
    """Write a workbook of very many lines quickly, by hand; at most 26 columns."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", _CONTENT_TYPES)
        archive.writestr("_rels/.rels", _RELATION.format(kind="officeDocument", target="xl/workbook.xml"))
        archive.writestr(
            "xl/_rels/workbook.xml.rels", _RELATION.format(kind="worksheet", target="worksheets/sheet1.xml")
        )
        archive.writestr("xl/workbook.xml", _WORKBOOK)
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>')
            for number, line in enumerate(lines, start=1):
                cells = "".join(
                    f'<c r="{chr(65 + place)}{number}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'
                    for place, text in enumerate(line)
                )
                sheet.write(f'<row r="{number}">{cells}</row>'.encode())
            sheet.write(b"</sheetData></worksheet>")
    return path
