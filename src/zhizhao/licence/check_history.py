"""Check a licence's history: its versions chain, and what stands of it is what its last act left (T10)."""

from typing import TYPE_CHECKING

from zhizhao.licence.chain import check_chain
from zhizhao.licence.errors import ChainBroken
from zhizhao.licence.status import LicenceStatus
from zhizhao.storage.database import Transaction

if TYPE_CHECKING:
    from zhizhao.licence.store import LicenceStore


async def check_history(connection: Transaction, uscc: str, *, store: "LicenceStore") -> int:
    """Return the number of versions, checked; 0: there is no licence and no trace of one.

    In order: (1) versions 1 to n are there and chain; (2) what stands of the licence is of version n; (3) its acts are
    there without a gap; (4) its status, here and in the status list, is the one that the last act left; (5) no version
    before the last is in force. Raises ChainBroken.
    """
    versions = await store.versions(connection, uscc)
    acts = await store.acts(connection, uscc)
    head = (await store.heads(connection, [uscc])).get(uscc)
    if head is None and not versions and not acts:
        return 0
    check_chain(versions)  # (1)
    if head is None or head.version != len(versions):  # (2)
        raise ChainBroken(uscc=uscc, version=len(versions), reason="the licence and its versions disagree")
    if [one.number for one in acts] != list(range(1, head.acts + 1)):  # (3)
        raise ChainBroken(uscc=uscc, version=head.version, reason="acts are missing")
    if not acts or acts[-1].status is not head.state.status or versions[-1].status is not head.state.status:  # (4)
        raise ChainBroken(uscc=uscc, version=head.version, reason="the status is not the one that the last act left")
    for number, one in enumerate(versions[:-1], start=1):  # (5)
        if one.status not in {LicenceStatus.CHANGED, LicenceStatus.WITHDRAWN}:
            raise ChainBroken(uscc=uscc, version=number, reason="a former version is in force")
    return len(versions)
