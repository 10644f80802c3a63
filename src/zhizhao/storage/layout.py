"""How PostgreSQL lays out the rows of a table: storage parameters, where the default costs."""

from sqlalchemy import DDL, Table, event


def lay_out(table: Table, **parameters: int) -> None:
    """Give a table storage parameters when `metadata.create_all` makes it; a migration spells them out itself."""
    chosen = ", ".join(f"{name} = {value}" for name, value in parameters.items())
    statement = DDL(f"ALTER TABLE {table.name} SET ({chosen})")
    event.listen(table, "after_create", statement.execute_if(dialect="postgresql"))
