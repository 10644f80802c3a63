"""Write a line into the counter's book."""

import re
from typing import TYPE_CHECKING

from zhizhao.kernel.errors import TextRefused
from zhizhao.kernel.idcard import looks_like_id_number
from zhizhao.kernel.text import clean_name
from zhizhao.staff.counter.scan import Scan
from zhizhao.staff.errors import SettingMalformed
from zhizhao.storage.database import Transaction

if TYPE_CHECKING:
    from zhizhao.staff.counter.store import CounterStore

LONGEST_NOTE = 200
ID_NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)", re.ASCII)


def clean_note(text: str) -> str:
    """Return the note, fit to be kept. Raises SettingMalformed: too long, unfit characters, an ID number (GB 11643)."""
    if not text.strip():
        return ""
    if any(looks_like_id_number(found.upper()) for found in ID_NUMBER.findall(text)):
        raise SettingMalformed(field="note", reason="id-number")
    try:
        return clean_name(text, longest=LONGEST_NOTE)
    except TextRefused as cause:
        raise SettingMalformed(field="note", reason=cause.facts.get("reason")) from cause


async def note_scan(connection: Transaction, scan: Scan, *, store: "CounterStore") -> None:
    """Keep one line; it is the clerk's own book, the ledger and the presentations are kept elsewhere."""
    await store.add_scan(connection, scan)
