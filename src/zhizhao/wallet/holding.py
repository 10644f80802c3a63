"""A copy (执照副本): the version of a licence that one device downloaded, and the declaration accepted for it."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from zhizhao.wallet.device import DeviceState
from zhizhao.wallet.entitlement import HolderRole

DECLARATION_VERSION = "2026-11"
"""Version of the 《执照下载声明》 in force; a changed text gets a new one, and the record keeps which was accepted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One licence on one device."""

    uscc: str
    device_id: str
    version: int
    """Licence version downloaded; a lower one than the current blocks use until downloaded again."""
    role: HolderRole
    mandate_id: str | None
    declaration: str
    """Version of the declaration that was accepted."""
    declared_at: datetime
    downloaded_at: datetime


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """What the store knows, at this moment, about the one who wants to use a copy."""

    person_id: str
    id_lookup: bytes
    device_id: str
    device_state: DeviceState
    version: int
    role: HolderRole
    mandate_id: str | None
