"""Publish a status list: signed, at most some minutes old, and made anew as soon as one of its entries changed."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from zhizhao.licence.errors import LicenceUnknown
from zhizhao.licence.names import IssuerNames
from zhizhao.licence.status_list import TYP, list_claims, pack
from zhizhao.storage.database import Transaction
from zhizhao.trust.jws import sign_compact
from zhizhao.trust.keys import KeyProvider, Purpose

if TYPE_CHECKING:
    from zhizhao.licence.positions.store import PositionStore

LONGEST_TRANSACTION: Final = timedelta(minutes=10)
"""A change is stamped when its statement runs and seen when it commits; no transaction takes longer than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Published:
    token: str
    lst: str
    signed_at: datetime
    epoch: int
    since: datetime
    mark: tuple[int, int]


class Publisher:
    """Keeps the last token of each list; what it keeps is checked against the store at every call."""

    def __init__(
        self, positions: "PositionStore", *, keys: KeyProvider, names: IssuerNames, lifetime_seconds: int
    ) -> None:
        self._positions = positions
        self._keys = keys
        self._names = names
        self._lifetime = timedelta(seconds=lifetime_seconds)
        self._published: dict[int, _Published] = {}

    async def publish(self, connection: Transaction, number: int) -> str:
        """Return the signed list; its token has at least half its life before it. Raises LicenceUnknown.

        Kept while no entry changed, the key set is the same and half of its life is left; one small query tells.
        """
        now = await self._positions.now(connection)
        kept = self._published.get(number)
        if kept is not None and kept.mark != await self._positions.stirred(connection, number, kept.since):
            kept = None
        if kept is None or kept.epoch != self._keys.epoch or now >= kept.signed_at + self._lifetime / 2:
            kept = await self._made(connection, number, now=now, kept=kept)
            self._published[number] = kept
        return kept.token

    async def _made(
        self, connection: Transaction, number: int, *, now: datetime, kept: _Published | None
    ) -> _Published:
        since = now - LONGEST_TRANSACTION
        mark = await self._positions.stirred(connection, number, since)  # before the entries: a change between is seen
        lst = kept.lst if kept is not None else await self._packed(connection, number)
        claims = list_claims(
            self._names.status_uri(number),
            lst,
            issuer=self._names.base_url,
            at=now,
            lifetime_seconds=int(self._lifetime.total_seconds()),
        )
        epoch = self._keys.epoch
        token = sign_compact(self._keys, Purpose.STATUS_LIST, claims, typ=TYP)
        return _Published(token=token, lst=lst, signed_at=now, epoch=epoch, since=since, mark=mark)

    async def _packed(self, connection: Transaction, number: int) -> str:
        size = await self._positions.size(connection, number)
        if size is None:
            raise LicenceUnknown(status_list=number)
        entries = await self._positions.not_valid(connection, number)
        return await asyncio.to_thread(pack, size, entries)
