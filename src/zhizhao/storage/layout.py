"""How PostgreSQL lays out the rows of a table: storage parameters, where the default costs."""

from typing import Any

from sqlalchemy import Connection, Table, event, text


def lay_out(table: Table, **parameters: int) -> None:
    """Give a table storage parameters when `metadata.create_all` makes it; a migration spells them out itself."""
    chosen = ", ".join(f"{name} = {value}" for name, value in parameters.items())

    @event.listens_for(table, "after_create")
    def _set(_table: Table, connection: Connection, **_: Any) -> None:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"ALTER TABLE {table.name} SET ({chosen})"))
