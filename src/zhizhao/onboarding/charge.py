"""Charge one call to a client's bucket, for every authenticated request but redeem, which charges in its own batch."""

from typing import TYPE_CHECKING

from zhizhao.onboarding.client import ClientState
from zhizhao.onboarding.errors import ClientUnknown, PeakExceeded
from zhizhao.storage.database import Database

if TYPE_CHECKING:
    from zhizhao.onboarding.store import ClientStore


async def charge(client_id: str, *, database: Database, store: "ClientStore") -> None:
    """Take one call from the bucket of an active client. Raises ClientUnknown, PeakExceeded."""
    async with database.hot.transaction() as hot:
        answer = (await store.charge_hot(hot, {client_id: 1})).get(client_id)
    if answer is None or answer.state is not ClientState.ACTIVE:
        raise ClientUnknown(client_id=client_id, reason="stopped or absent")
    if not answer.granted:
        raise PeakExceeded(client_id=client_id)
