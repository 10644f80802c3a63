"""Remember how a clerk set the desk."""

from typing import TYPE_CHECKING

from zhizhao.kernel.errors import TextRefused
from zhizhao.kernel.text import clean_name
from zhizhao.staff.counter.setting import DeskSetting
from zhizhao.staff.errors import SettingMalformed
from zhizhao.storage.database import Transaction

if TYPE_CHECKING:
    from zhizhao.staff.counter.store import CounterStore

LONGEST = {"window": 64, "purpose": 200, "case_number": 64}


async def keep_setting(
    connection: Transaction, account_id: str, *, setting: DeskSetting, store: "CounterStore"
) -> DeskSetting:
    """Keep the cleaned setting and return it. Raises SettingMalformed(field, reason)."""
    cleaned = DeskSetting(
        window=_text("window", setting.window),
        matter=setting.matter,
        purpose=_text("purpose", setting.purpose),
        case_number=_text("case_number", setting.case_number),
        keys=setting.keys,
        sounds=setting.sounds,
    )
    await store.keep_setting(connection, account_id, setting=cleaned)
    return cleaned


def _text(field: str, text: str) -> str:
    if not text.strip():
        return ""
    try:
        return clean_name(text, longest=LONGEST[field])
    except TextRefused as cause:
        raise SettingMalformed(field=field, reason=cause.facts.get("reason")) from cause
