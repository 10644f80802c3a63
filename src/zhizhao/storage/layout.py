"""How PostgreSQL lays out the rows of a table: storage parameters, where the default costs."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table, event, text


def lay_out(table: Table, *, uncompressed: Sequence[str] = (), **parameters: int) -> None:
    """Give a table storage parameters when `metadata.create_all` makes it; a migration spells them out itself.

    `uncompressed`: columns whose text is never compressed, because it does not shrink or is read all the time.
    """
    chosen = [f"SET ({name} = {value})" for name, value in parameters.items()]
    chosen += [f"ALTER COLUMN {column} SET STORAGE EXTERNAL" for column in uncompressed]

    @event.listens_for(table, "after_create")
    def _set(_table: Table, connection: Connection, **_: Any) -> None:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"ALTER TABLE {table.name} {', '.join(chosen)}"))
