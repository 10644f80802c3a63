"""Alembic's entry: run migrations on either engine, all that are due in one transaction, or none of them."""

import asyncio

from alembic import context
from sqlalchemy import Connection, NullPool
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from zhizhao.storage.engine import sqlite_engine
from zhizhao.storage.tables import load_all, metadata


def run(connection: Connection) -> None:
    """Run the migrations on an open connection."""
    context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
    with context.begin_transaction():
        context.run_migrations()


async def connect_and_run() -> None:
    """Open the database that the configuration names and migrate it."""
    load_all()
    url = make_url(context.config.attributes["url"])
    if url.get_backend_name() == "sqlite":
        engine = sqlite_engine(url, writes=True, size=1)  # BEGIN IMMEDIATE: DDL in a transaction here, too
    else:
        engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(run)
    finally:
        await engine.dispose()


asyncio.run(connect_and_run())
