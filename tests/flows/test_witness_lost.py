"""The outside witness goes away under a serving installation and comes back (SECURITY.md §2 T11)."""

import asyncio
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from factories.issuing import a_draft, uscc_of
from factories.ledgers import PASSPHRASE, cheap_keys
from factories.postgres import free_port
from factories.serving import start_server
from zhizhao.app.jobs import keeper_of
from zhizhao.app.parts import KEY_FOLDER, open_parts
from zhizhao.cli.main import root
from zhizhao.kernel.actor import SYSTEM
from zhizhao.kernel.clock import SystemClock
from zhizhao.ledger.errors import WitnessRefused
from zhizhao.ledger.witness import FileWitness, Witnessed
from zhizhao.registry.record import record
from zhizhao.settings import read_settings

SETTINGS = """base_url = "http://localhost:8420"
data_dir = "."
demo = true
database_url = "{url}"
witness_file = "{witness}"
unwitnessed_seconds = 30
"""


UNSEEN = Witnessed(size=0, root=b"", head=b"", at=datetime(1970, 1, 1, tzinfo=UTC))


def register(config: Path, number: int) -> None:
    """Record an entity as a registration window does."""

    async def work() -> None:
        async with open_parts(read_settings(config)) as parts, parts.database.write() as connection:
            await record(
                connection,
                [a_draft(number)],
                store=parts.registry,
                sealer=parts.sealer,
                outbox=parts.outbox,
                ledger=parts.ledger,
                clock=parts.clock,
                actor=SYSTEM,
            )

    asyncio.run(work())


def forget(config: Path) -> None:
    """Let it be a minute since the witness held the newest head."""

    async def work() -> None:
        async with open_parts(read_settings(config)) as parts, parts.database.write() as connection:
            at = await parts.database.now(connection) - timedelta(minutes=1)
            last = await parts.ledger.last_witnessed(connection)
            await parts.ledger.put_witnessed(connection, last.size if last else 0, at=at)

    asyncio.run(work())


def show(config: Path, number: int) -> Any:
    """Return the licence of a number as the command shows it; None: there is none."""
    done = CliRunner().invoke(root, ["--config", str(config), "--json", "licence", "show", uscc_of(number)])
    return json.loads(done.stdout) if done.exit_code == 0 else None


def wait_for(ask: Callable[[], Any], *, seconds: float = 20) -> Any:
    """Ask again and again until there is an answer."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := ask():
            return found
        time.sleep(0.2)
    raise TimeoutError


def test_issuing_stops_and_goes_on_by_itself(tmp_path: Path, database_url: str) -> None:
    """A registration is kept and its licence waits; readiness, metrics and log tell it; nobody has to do anything."""
    config, witness = tmp_path / "zhizhao.toml", tmp_path / "elsewhere"
    witness.mkdir()
    config.write_text(SETTINGS.format(url=database_url, witness=witness / "witness.jsonl"))
    (tmp_path / "passphrase").write_bytes(PASSPHRASE)
    cheap_keys(tmp_path / KEY_FOLDER, SystemClock())
    metrics_port = free_port()
    served = start_server(config, metrics_port=metrics_port)
    try:

        def ready() -> dict[str, str]:
            answer = httpx.get(f"http://127.0.0.1:{served.port}/readyz")
            assert answer.status_code == 200, "the counter goes on"
            facts: dict[str, str] = answer.json()
            return facts

        def metrics() -> str:
            return httpx.get(f"http://127.0.0.1:{metrics_port}/metrics").text

        register(config, 1)
        assert show(config, 1)["version"] == 1
        wait_for(lambda: ready()["witnessed_at"])
        assert ready()["issuing"] == "ok"

        witness.rename(tmp_path / "away")
        forget(config)
        wait_for(lambda: ready()["issuing"] == "stopped")
        register(config, 2)
        wait_for(lambda: "zhizhao_issuing_stopped 1.0" in metrics())
        wait_for(lambda: 'zhizhao_job_failures_total{job="seal"}' in metrics())
        wait_for(lambda: '"ledger-unwitnessed"' in served.log.read_text())
        assert show(config, 2) is None

        (tmp_path / "away").rename(witness)
        wait_for(lambda: show(config, 2))
        assert ready()["issuing"] == "ok"
        wait_for(lambda: "zhizhao_issuing_stopped 0.0" in metrics())
        wait_for(lambda: "job-works-again" in served.log.read_text())
        assert served.log.read_text().count('"job-failed"') <= 3, "told once a kind of trouble, not at every turn"
    finally:
        served.stop()


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_has_no_secrets(path: str, tmp_path: Path, sqlite_url: str) -> None:
    """Status, kind of store and times: no address, user, folder or key."""
    config = tmp_path / "zhizhao.toml"
    config.write_text(SETTINGS.format(url=sqlite_url, witness=tmp_path / "witness.jsonl"))
    (tmp_path / "passphrase").write_bytes(PASSPHRASE)
    cheap_keys(tmp_path / KEY_FOLDER, SystemClock())
    served = start_server(config)
    try:
        facts = httpx.get(f"http://127.0.0.1:{served.port}{path}").json()
    finally:
        served.stop()
    assert set(facts) <= {"status", "store", "time", "issuing", "witnessed_at"}
    assert str(tmp_path) not in json.dumps(facts)


def test_a_deleted_memory_begins_anew_only_on_the_record(tmp_path: Path, sqlite_url: str) -> None:
    """Deleting the witness's file is noticed; a person's statement, kept in the ledger, lets it begin anew."""
    cheap_keys(tmp_path / KEY_FOLDER, SystemClock())
    (tmp_path / "passphrase").write_bytes(PASSPHRASE)
    witness = tmp_path / "witness.jsonl"
    config = tmp_path / "zhizhao.toml"
    config.write_text(SETTINGS.format(url=sqlite_url, witness=witness))

    def run(*arguments: str) -> Any:
        return CliRunner().invoke(root, ["--config", str(config), "--json", *arguments])

    async def shown() -> int:
        async with open_parts(read_settings(config)) as parts:
            await keeper_of(parts).work()
            return (await FileWitness(witness).last() or UNSEEN).size

    register(config, 1)
    before = asyncio.run(shown())
    assert before > 0
    refused = run("audit", "renew-witness", "--reason", "试试")
    assert refused.exit_code == 1
    assert refused.stderr.startswith("error: witness-refused:")
    witness.unlink()
    register(config, 2)
    with pytest.raises(WitnessRefused, match="holds less than"):
        asyncio.run(shown())
    assert not witness.exists()
    assert run("audit", "check").exit_code == 1, "without its witness a ledger is not whole"
    renewed = run("audit", "renew-witness", "--reason", "磁盘损坏，已与备份核对")
    assert renewed.exit_code == 0, renewed.output
    assert json.loads(renewed.stdout)["witnessed"] > before
    assert asyncio.run(shown()) > before
    assert run("audit", "check").exit_code == 0
