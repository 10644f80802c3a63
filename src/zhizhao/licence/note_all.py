"""Note as due every licence that is behind the register: never issued, or made from an older version of the entity."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from zhizhao.licence.office import Office
from zhizhao.storage.database import Database

if TYPE_CHECKING:
    from zhizhao.registry.store import RegistryStore

PAGE: Final = 1000


async def note_all(
    database: Database,
    *,
    office: Office,
    registry: "RegistryStore",
    progress: Callable[[int], None] | None = None,
) -> int:
    """Walk through the whole register, page by page; return how many licences were noted."""
    noted, after = 0, ""
    while True:
        async with database.read() as connection:
            codes = await registry.codes(connection, after=after, limit=PAGE)
            entities = await registry.heads(connection, codes, lock=False)
            heads = await office.store.heads(connection, codes)
        if not codes:
            return noted
        behind = [c for c in codes if c not in heads or heads[c].registry_version < entities[c].version]
        if behind:
            async with database.write() as connection:
                await office.store.note_due(connection, behind)
        noted, after = noted + len(behind), codes[-1]
        if progress is not None:
            progress(len(codes))
