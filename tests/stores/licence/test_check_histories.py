"""`zhizhao audit history`: register and licences changed behind the program's back are found and named (T10)."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from factories.issuing import a_draft, uscc_of
from factories.ledgers import PASSPHRASE, cheap_keys, drop_triggers
from zhizhao.app.check_histories import HistoriesBroken
from zhizhao.app.nightly import HOUR, Nightly
from zhizhao.app.parts import KEY_FOLDER, open_parts
from zhizhao.cli.main import root
from zhizhao.kernel.actor import SYSTEM
from zhizhao.kernel.clock import BEIJING, HeldClock, SystemClock
from zhizhao.registry.record import record
from zhizhao.settings import read_settings
from zhizhao.storage.database import Database

ONE = uscc_of(1)


@pytest.fixture
def config(tmp_path: Path, database_url: str) -> Path:
    """Give an installation with three licences, the first of which has two versions."""
    path = tmp_path / "zhizhao.toml"
    path.write_text(
        f'base_url = "http://localhost:8420"\ndata_dir = "."\ndemo = true\ndatabase_url = "{database_url}"\n'
    )
    (tmp_path / "passphrase").write_bytes(PASSPHRASE)
    cheap_keys(tmp_path / KEY_FOLDER, SystemClock())

    async def fill() -> None:
        async with open_parts(read_settings(path)) as parts:
            for drafts in ([a_draft(n) for n in range(1, 4)], [replace(a_draft(1), registrar="他局（演示）")]):
                async with parts.database.write() as connection:
                    await record(
                        connection,
                        drafts,
                        store=parts.registry,
                        sealer=parts.sealer,
                        outbox=parts.outbox,
                        ledger=parts.ledger,
                        clock=parts.clock,
                        actor=SYSTEM,
                    )

    asyncio.run(fill())
    return path


def tamper(config: Path, *statements: str) -> None:
    """Change the store as somebody with its password does, triggers taken away."""

    async def work() -> None:
        database = Database(read_settings(config).url_of_database())
        await drop_triggers(database)
        async with database.write() as connection:
            for statement in statements:
                done = await connection.execute(text(statement.replace("ONE", f"'{ONE}'")))
                assert done.rowcount > 0, statement
        await database.close()

    asyncio.run(work())


def audit(config: Path) -> tuple[int, dict[str, Any]]:
    """Run the command for programs."""
    done = CliRunner().invoke(root, ["--config", str(config), "--json", "audit", "history"])
    assert (done.exit_code == 0) != done.stderr.startswith("error: histories-broken: ")
    return done.exit_code, json.loads(done.stdout)


class TestAuditHistory:
    """On both stores."""

    def test_whole(self, config: Path) -> None:
        """Control: nothing was touched."""
        status, facts = audit(config)
        assert (status, facts["whole"], facts["findings"]) == (0, True, [])
        assert (facts["entities"], facts["licences"]) == (3, 3)
        assert facts["entries"] >= 8

    @pytest.mark.parametrize(
        ("statements", "part"),
        [
            (["UPDATE registry_entity SET status = 'revoked' WHERE uscc = ONE"], "registry"),
            (
                ["UPDATE registry_entity SET content = replace(content, '张三恕', '李四维') WHERE uscc = ONE"],
                "registry",
            ),
            (
                ["UPDATE registry_version SET content = replace(content, '张三恕', '李四维') WHERE uscc = ONE"],
                "registry",
            ),
            (["DELETE FROM registry_version WHERE uscc = ONE AND version = 1"], "registry"),
            (["DELETE FROM registry_entity WHERE uscc = ONE"], "ledger"),
            (
                ["DELETE FROM registry_entity WHERE uscc = ONE", "DELETE FROM registry_version WHERE uscc = ONE"],
                "ledger",
            ),
            (["UPDATE licence_versions SET face = replace(face, '张三恕', '李四维') WHERE uscc = ONE"], "licence"),
            (["DELETE FROM licence_versions WHERE uscc = ONE AND version = 2"], "licence"),
            (["DELETE FROM licence_acts WHERE uscc = ONE AND number = 1"], "licence"),
            (["UPDATE licences SET status = 'withdrawn' WHERE uscc = ONE"], "licence"),
            (["UPDATE licences SET version = 1 WHERE uscc = ONE"], "licence"),
            (["UPDATE licence_positions SET status = 1 WHERE uscc = ONE AND version = 2"], "licence"),
            (["UPDATE licence_positions SET status = 0 WHERE uscc = ONE AND version = 1"], "licence"),
            (
                [
                    "DELETE FROM licences WHERE uscc = ONE",
                    "DELETE FROM licence_versions WHERE uscc = ONE",
                    "DELETE FROM licence_acts WHERE uscc = ONE",
                ],
                "ledger",
            ),
        ],
    )
    def test_a_change_is_found_and_named(self, config: Path, statements: Sequence[str], part: str) -> None:
        """With the entity it befell; its neighbours are whole."""
        tamper(config, *statements)
        status, facts = audit(config)
        assert (status, facts["whole"]) == (1, False)
        assert {one["uscc"] for one in facts["findings"]} == {ONE}
        assert part in {one["part"] for one in facts["findings"]}

    def test_people_read_it(self, config: Path) -> None:
        """Both languages, each finding on a line."""
        tamper(config, "UPDATE registry_entity SET status = 'revoked' WHERE uscc = ONE")
        done = CliRunner().invoke(root, ["--config", str(config), "audit", "history"])
        assert "名录或执照被改动" in done.stdout
        assert f"registry  {ONE}  version 2  column status was changed" in done.stdout
        assert len(done.stderr.splitlines()) == 1


class TestNightly:
    """The leader's own check."""

    async def test_once_a_night(self, config: Path) -> None:
        """In its hour and not again before the next night; what it finds is an error of the job."""
        await asyncio.to_thread(tamper, config, "UPDATE registry_entity SET status = 'revoked' WHERE uscc = ONE")
        async with open_parts(read_settings(config)) as parts:
            night = SystemClock().now().astimezone(BEIJING).replace(hour=HOUR, minute=5)
            clock = HeldClock(night)
            nightly = Nightly(replace(parts, clock=clock))
            clock.move(hours=-1)
            await nightly.work()
            clock.move(hours=1)
            with pytest.raises(HistoriesBroken):
                await nightly.work()
            await nightly.work()
            clock.move(seconds=timedelta(days=1).total_seconds())
            with pytest.raises(HistoriesBroken):
                await nightly.work()
