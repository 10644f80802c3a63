"""Reading for a batch what decides its verdicts: standing, licence, holding and grant, all inside its transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from zhizhao.licence.licence import CurrentLicence
from zhizhao.mandate.grant import Grant
from zhizhao.registry.entity import Standing
from zhizhao.storage.hot import HotConnection
from zhizhao.wallet.holding import Holding

if TYPE_CHECKING:
    from zhizhao.licence.store import LicenceStore
    from zhizhao.mandate.store import GrantStore
    from zhizhao.registry.store import RegistryStore
    from zhizhao.wallet.store import WalletStore


class Holder(msgspec.Struct, frozen=True):
    """The key of one reading: a licence on a device, and the mandate under which it is used."""

    uscc: str
    device_id: str
    mandate_id: str | None


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What stood in the store at one moment; None where there is nothing."""

    standing: Standing | None
    licence: CurrentLicence | None
    holding: Holding | None
    grant: Grant | None
    as_of: datetime
    """As of when the register's data are, UTC."""


class Reader:
    """Reads for many holders at once: one statement a slice, three or four in all."""

    def __init__(
        self, *, registry: "RegistryStore", licences: "LicenceStore", wallets: "WalletStore", mandates: "GrantStore"
    ) -> None:
        self._registry = registry
        self._licences = licences
        self._wallets = wallets
        self._mandates = mandates

    async def read(self, hot: HotConnection, holders: Sequence[Holder]) -> list[Reading]:
        """Return the readings in the order of the holders."""
        usccs = sorted({h.uscc for h in holders})
        pairs = sorted({(h.device_id, h.uscc) for h in holders})
        mandate_ids = sorted({h.mandate_id for h in holders if h.mandate_id})
        as_of, standings = await self._registry.standing_hot(hot, usccs)
        licences = await self._licences.current_hot(hot, usccs)
        holdings = await self._wallets.holding_hot(hot, pairs)
        grants = await self._mandates.grants_hot(hot, mandate_ids) if mandate_ids else {}
        return [
            Reading(
                standing=standings.get(h.uscc),
                licence=licences.get(h.uscc),
                holding=holdings.get((h.device_id, h.uscc)),
                grant=grants.get(h.mandate_id) if h.mandate_id else None,
                as_of=as_of,
            )
            for h in holders
        ]
