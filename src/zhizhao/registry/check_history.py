"""Check an entity's history: every version chains, and the row in use says what the last version says (T10)."""

from typing import TYPE_CHECKING

from zhizhao.registry.content import content_hash
from zhizhao.registry.errors import EntityUnknown, HistoryBroken
from zhizhao.registry.history import Version, check_chain
from zhizhao.registry.recorded import searched_columns
from zhizhao.storage.database import Transaction

if TYPE_CHECKING:
    from zhizhao.registry.store import RegistryStore


async def check_history(connection: Transaction, uscc: str, *, store: "RegistryStore") -> list[Version]:
    """Return the versions of an entity, checked.

    In order: (1) the entity is known; (2) versions 1 to n are there and chain; (3) the row's version, content, hash and
    chain are those of version n; (4) the row's columns say what its content says. Raises EntityUnknown, HistoryBroken.
    """
    row = await store.kept_columns(connection, uscc)
    versions = await store.versions(connection, uscc)
    if row is None and not versions:
        raise EntityUnknown(uscc=uscc)  # (1)
    chain = check_chain(uscc, versions)  # (2)
    if row is None or not versions:
        raise HistoryBroken(uscc=uscc, version=len(versions), reason="the row or its history is gone")
    last = versions[-1]
    expected = {
        "version": last.version,
        "content": last.stored.decode(),
        "content_hash": content_hash(last.stored),
        "chain": chain,
        "recorded_at": last.recorded_at,
        **searched_columns(last.content),
    }
    for column, value in expected.items():  # (3) (4)
        if row[column] != value:
            raise HistoryBroken(uscc=uscc, version=last.version, reason=f"column {column} was changed")
    return versions
