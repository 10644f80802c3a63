"""Use records as CSV for a spreadsheet: UTF-8 with BOM, every cell text (UX.md §13, SECURITY.md §3.11)."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from zhizhao.web.i18n import gettext
from zhizhao.web.i18n import marked as N_  # noqa: N812 the customary name of the marker
from zhizhao.web.wallet.verbs import Record
from zhizhao.web.wording import day, second

HEAD: Final = (
    N_("日期"),
    N_("时间"),
    N_("执照"),
    N_("统一社会信用代码"),
    N_("用照方式"),
    N_("核验单位"),
    N_("窗口或经办"),
    N_("事项"),
    N_("用途"),
    N_("办件号"),
    N_("结果"),
    N_("提供的照面信息"),
    N_("出示人"),
    N_("记录编号"),
)
DANGEROUS: Final = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
"""First characters that a spreadsheet would take for a formula, the full-width forms included."""


def records_csv(records: Iterable[Record]) -> bytes:
    """Return the file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([gettext(word) for word in HEAD])
    writer.writerows([_cell(value) for value in _row(record)] for record in records)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _row(record: Record) -> Sequence[str]:
    told = record.presentation
    return (
        day(told.verified_at),
        second(told.verified_at),
        record.name,
        told.uscc,
        gettext("出示执照"),
        told.client_name,
        told.operator or "",
        record.matter.name if record.matter else told.matter,
        told.purpose,
        told.case_number or "",
        gettext("通过") if told.failed is None else gettext("不通过"),
        "、".join(record.labels.get(field, field) for field in told.fields),
        told.presenter.name,
        told.presentation_id,
    )


def _cell(value: str) -> str:
    trimmed = value.lstrip()
    return f"'{value}" if trimmed[:1] and trimmed[0] in DANGEROUS else value
