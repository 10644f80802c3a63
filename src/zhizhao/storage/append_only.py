"""Tables that only grow: triggers on both engines that refuse UPDATE, DELETE, TRUNCATE and replacing.

The text of the triggers stands here once. `metadata.create_all` runs it through table events; an explicit migration
runs `append_only_ddl(...)` itself. The triggers stop accidents and honest programs; against an administrator stand the
signed heads and the witness (SECURITY.md §3.12).
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table, UniqueConstraint, event, text
from sqlalchemy.ext.asyncio import AsyncConnection

from zhizhao.storage.errors import UnsafeStore
from zhizhao.storage.schema import metadata

MARK = "append_only"
_GUARDS_POSTGRESQL = """SELECT c.relname, count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
 JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND n.nspname = current_schema() GROUP BY c.relname"""
_GUARDS_SQLITE = "SELECT tbl_name, count(*) FROM sqlite_master WHERE type = 'trigger' GROUP BY tbl_name"
_MAY_CHANGE = """SELECT has_table_privilege(current_user, :table, 'UPDATE')
 OR has_table_privilege(current_user, :table, 'DELETE') OR has_table_privilege(current_user, :table, 'TRUNCATE')"""
_POSTGRESQL = (
    (
        "CREATE OR REPLACE FUNCTION {table}_refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'append-only: {table}' USING ERRCODE = 'restrict_violation'; END $$"
    ),
    (
        "CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION {table}_refuse_change()"
    ),
    (
        "CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse_change()"
    ),
)
_SQLITE = (
    "CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END",
    "CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END",
)
# INSERT OR REPLACE deletes without firing delete triggers unless recursive_triggers is on.
_SQLITE_NO_REPLACE = (
    "CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {clash} "
    "BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END"
)


def append_only_ddl(table: str, *, dialect: str, keys: Sequence[Sequence[str]]) -> list[str]:
    """Return the statements that make a table append-only; `keys` are its primary and unique keys."""
    if dialect == "postgresql":
        return [text.format(table=table) for text in _POSTGRESQL]
    clash = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} WHERE {' AND '.join(f'{c} = NEW.{c}' for c in key)})"  # noqa: S608 names from our schema
        for key in keys
    )
    return [text.format(table=table) for text in _SQLITE] + [_SQLITE_NO_REPLACE.format(table=table, clash=clash)]


def append_only_undo(table: str, *, dialect: str) -> list[str]:
    """Return what remains to be dropped after the table itself."""
    return [f"DROP FUNCTION IF EXISTS {table}_refuse_change()"] if dialect == "postgresql" else []


def make_append_only(table: Table) -> Table:
    """Give a table its triggers whenever `metadata.create_all` creates it; return the table."""
    table.info[MARK] = True
    keys = [[column.name for column in table.primary_key.columns]]
    keys += [[c.name for c in rule.columns] for rule in table.constraints if isinstance(rule, UniqueConstraint)]

    @event.listens_for(table, "after_create")
    def _create(_target: Table, connection: Connection, **_facts: Any) -> None:
        for statement in append_only_ddl(table.name, dialect=connection.dialect.name, keys=keys):
            connection.exec_driver_sql(statement)

    @event.listens_for(table, "after_drop")
    def _drop(_target: Table, connection: Connection, **_facts: Any) -> None:
        for statement in append_only_undo(table.name, dialect=connection.dialect.name):
            connection.exec_driver_sql(statement)

    return table


async def require_append_only(connection: AsyncConnection) -> list[str]:
    """Check that every append-only table has its triggers, switched on. Raises UnsafeStore; returns warnings."""
    lite = connection.dialect.name == "sqlite"
    guards = {row[0]: row[1] for row in await connection.execute(text(_GUARDS_SQLITE if lite else _GUARDS_POSTGRESQL))}
    guarded = [table.name for table in metadata.sorted_tables if table.info.get(MARK)]
    wanted = len(_SQLITE) + 1 if lite else len(_POSTGRESQL) - 1
    for table in guarded:
        if guards.get(table, 0) < wanted:
            raise UnsafeStore(setting="append-only", table=table, found=guards.get(table, 0), wanted=wanted)
    if lite:
        return []
    loose = [t for t in guarded if (await connection.execute(text(_MAY_CHANGE), {"table": t})).scalar_one()]
    return [f"the role of the program may change {', '.join(loose)}; see deploy/postgresql"] if loose else []
