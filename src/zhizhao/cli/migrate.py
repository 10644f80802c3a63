"""`zhizhao migrate`: bring the store to this program's schema, with a way back (INTERFACES.md §2)."""

from contextlib import nullcontext

import click

from zhizhao.cli.context import Installation, pass_installation
from zhizhao.kernel.clock import SystemClock
from zhizhao.storage.lock import hold_writer
from zhizhao.storage.upgrade import upgrade


@click.command()
@click.option("--database-url", metavar="URL", help="The store by a role that may change the schema (PostgreSQL).")
@pass_installation
def migrate(installation: Installation, *, database_url: str | None) -> None:
    """Bring the schema to this version; running it twice changes nothing.

    Stop serving first. On SQLite the file is copied before (the way back); on PostgreSQL all that is due is one
    transaction, so take a backup with the old program before if you want to go back later.
    """
    settings = installation.settings().with_database(database_url)
    clock = SystemClock()
    url = settings.url_of_database()
    settings.data_path().mkdir(mode=0o700, parents=True, exist_ok=True)
    place = (
        hold_writer(settings.data_path(), clock=clock, purpose="migrate") if url.startswith("sqlite") else nullcontext()
    )
    with place:
        done = upgrade(url, stamp=f"{clock.now():%Y%m%d%H%M%S}")
    changed = done.before != done.after
    text = (
        f"数据库结构已从 {done.before or '空'} 升级到 {done.after} / upgraded to {done.after}."
        if changed
        else f"数据库结构已是 {done.after}，无需升级 / already at {done.after}."
    )
    if done.kept:
        text += f"\n升级前的副本 / copy from before: {done.kept}"
    installation.answer({"before": done.before, "after": done.after, "changed": changed, "kept": done.kept}, text=text)
