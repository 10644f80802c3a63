"""`backup`, `restore`, `restore --confirm`, `migrate` and `audit check`, as an operator uses them, on both stores."""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from factories.installation import Installed, installed
from factories.ledgers import an_entry
from factories.postgres import Postgres
from zhizhao.app.parts import Parts, open_parts
from zhizhao.kernel.clock import HeldClock, SystemClock
from zhizhao.ledger.countersign import countersign
from zhizhao.ledger.seal import seal
from zhizhao.ledger.witness import FileWitness
from zhizhao.storage.errors import InMaintenance
from zhizhao.storage.lock import hold_writer
from zhizhao.storage.startup import require_safe_store
from zhizhao.trust.keys import Purpose


@pytest.fixture(params=["sqlite", "postgresql"])
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installed]:
    """Give a fresh installation of each kind in turn, its store migrated by its own command."""
    if request.param == "sqlite":
        made = installed(tmp_path / "here")
        made.told("migrate")
        yield made
        return
    url: str = request.getfixturevalue("postgres_url")
    postgres: Postgres = request.getfixturevalue("postgres")
    yield installed(tmp_path / "here", url)
    name = make_url(url).database
    others = postgres.sql(f"SELECT datname FROM pg_database WHERE datname LIKE '{name}\\_%'")  # noqa: S608 the test's own
    for other in others.split():
        postgres.sql(f"DROP DATABASE {other} WITH (FORCE)")


def act(installation: Installed, count: int, *, start: int = 0) -> None:
    """Write entries, seal and witness them, as a serving installation does."""

    async def work(parts: Parts) -> None:
        clock = HeldClock(SystemClock().now())
        async with parts.database.write() as connection:
            await parts.ledger.append(connection, *(an_entry(clock, start + n) for n in range(count)))
        await seal(parts.database, store=parts.ledger, keys=parts.keys)
        witness = FileWitness(installation.folder / "witness.jsonl")
        await countersign(parts.database, store=parts.ledger, keys=parts.keys, witness=witness)

    opened(installation, work)


def opened(installation: Installed, work: Callable[[Parts], object]) -> None:
    """Open the installation and do something with its parts."""

    async def run() -> None:
        async with open_parts(installation.settings) as parts:
            await work(parts)  # type: ignore[misc] # an async function of the test

    asyncio.run(run())


def refused(installation: Installed, code: str, *arguments: str) -> str:
    """Run a command that must be refused with a code; return the line."""
    result = installation.call(*arguments)
    assert result.exit_code == 1, result.output
    assert result.stderr.startswith(f"error: {code}: "), result.stderr
    assert result.stderr.count("\n") == 1
    return result.stderr


def serves(installation: Installed) -> bool:
    """Say whether the start-up checks let the installation serve."""

    async def work(parts: Parts) -> None:
        await require_safe_store(parts.database, clock=parts.clock, demo=True)

    try:
        opened(installation, work)
    except InMaintenance:
        return False
    return True


class TestBackUpAndRestore:
    """The way there and back."""

    def test_a_backup_restores_what_was(self, installation: Installed, tmp_path: Path) -> None:
        """Restored: maintenance, old codes dead, later acts written down; confirmed: it serves, the ledger is whole."""
        act(installation, 20)
        file = tmp_path / "one.backup"
        made = installation.told("backup", str(file))
        assert (made["head"]["size"], made["bytes"]) == (20, file.stat().st_size)
        act(installation, 7, start=20)  # and the entry of the backup itself
        code_before = installation.keys().current(Purpose.CODE)

        done = installation.told("restore", str(file))
        assert (done["leaves"], done["witnessed"], done["later"]) == (20, 28, 8)
        later = [json.loads(line) for line in Path(done["later_file"]).read_text("utf-8").splitlines()]
        assert {entry["facts"].get("n") for entry in later} == {None, *range(20, 27)}
        assert installation.keys().current(Purpose.CODE) != code_before
        assert code_before not in installation.keys().live(Purpose.CODE)
        assert not serves(installation)
        assert "larger tree" in refused(installation, "ledger-broken", "audit", "check")

        confirmed = installation.told("restore", "--confirm", "nothing was withdrawn")
        assert confirmed["leaves"] == 22
        assert Path(confirmed["old_witness"]).exists()
        assert serves(installation)
        report = installation.told("audit", "check")
        assert (report["whole"], report["leaves"], report["witnessed"]) == (True, 22, 22)
        refused(installation, "nothing-to-confirm", "restore", "--confirm", "again")

    def test_a_restore_of_the_newest_state_loses_nothing(self, installation: Installed, tmp_path: Path) -> None:
        """When the backup has everything the witness saw, the witness simply goes on."""
        act(installation, 5)
        installation.told("backup", str(tmp_path / "b"))
        done = installation.told("restore", str(tmp_path / "b"))
        assert (done["leaves"], done["witnessed"], done["later"]) == (5, 5, 1)
        assert installation.told("restore", "--confirm", "checked")["old_witness"] is None
        assert installation.told("audit", "check")["witnessed"] == 7

    def test_backup_while_somebody_writes(self, installation: Installed, tmp_path: Path) -> None:
        """The copy is of one moment: its ledger is whole although entries arrive and are sealed all the while."""
        act(installation, 50)

        async def work(parts: Parts) -> None:
            from zhizhao.app.back_up import back_up  # noqa: PLC0415 beside its one use

            clock = HeldClock(SystemClock().now())
            stop = asyncio.Event()

            async def write() -> None:
                number = 1000
                while not stop.is_set():
                    async with parts.database.write() as connection:
                        await parts.ledger.append(connection, an_entry(clock, number))
                    await seal(parts.database, store=parts.ledger, keys=parts.keys)
                    number += 1

            writing = asyncio.create_task(write())
            await back_up(parts, tmp_path / "busy")
            stop.set()
            await writing

        opened(installation, work)
        done = installation.told("restore", str(tmp_path / "busy"))
        assert done["leaves"] >= 50
        installation.told("restore", "--confirm", "checked")
        assert installation.told("audit", "check")["whole"]

    def test_what_it_replaces_is_kept(self, installation: Installed, tmp_path: Path) -> None:
        """The way back: the store from before the restore is there under another name, whole."""
        act(installation, 3)
        installation.told("backup", str(tmp_path / "b"))
        act(installation, 4)
        kept = installation.told("restore", str(tmp_path / "b"))["kept"]
        url = installation.settings.url_of_database()
        assert kept != make_url(url).database
        assert count_entries(installation, kept) == 8
        assert count_entries(installation, str(make_url(url).database)) == 4  # three and the restore's own

    def test_the_passphrase_decides(self, installation: Installed, tmp_path: Path) -> None:
        """Without the passphrase a backup is of no use."""
        act(installation, 3)
        installation.told("backup", str(tmp_path / "b"))
        passphrase = installation.file.parent / "passphrase"
        passphrase.write_text("another")
        refused(installation, "passphrase-refused", "restore", str(tmp_path / "b"))
        passphrase.write_text("only for tests")
        content = (tmp_path / "b").read_bytes()
        assert b"object-1" not in content
        assert b"ledger_entry" not in content

    def test_refusals_leave_everything_as_it_is(self, installation: Installed, tmp_path: Path) -> None:
        """A damaged backup, one of another installation, one of a later program: refused, nothing changed."""
        act(installation, 3)
        file = tmp_path / "b"
        installation.told("backup", str(file))
        whole = file.read_bytes()
        for number, damaged in enumerate((whole[:-1], whole[: len(whole) // 2], whole[:-40] + b"x" + whole[-39:])):
            (tmp_path / f"damaged{number}").write_bytes(damaged)
            refused(installation, "backup-refused", "restore", str(tmp_path / f"damaged{number}"))
        assert "exists" in refused(installation, "backup-refused", "backup", str(file))
        stranger = installed(tmp_path / "there", installation.settings.database_url)
        if not installation.settings.database_url:
            stranger.told("migrate")
        assert "another installation" in refused(stranger, "backup-refused", "restore", str(file))
        assert serves(installation)
        assert installation.told("audit", "check")["whole"]
        left = {
            path.name for path in installation.folder.iterdir() if "restoring" in path.name or ".backup" in path.name
        }
        assert left == set()

    def test_not_while_somebody_serves(self, installation: Installed, tmp_path: Path) -> None:
        """A serving process is named and not disturbed."""
        act(installation, 3)
        installation.told("backup", str(tmp_path / "b"))

        async def work(parts: Parts) -> None:
            async with parts.database.read():
                if parts.database.is_sqlite:
                    with hold_writer(installation.folder, clock=SystemClock()):
                        await asyncio.to_thread(refused, installation, "unsafe-store", "restore", str(tmp_path / "b"))
                else:
                    await asyncio.to_thread(refused, installation, "unsafe-store", "restore", str(tmp_path / "b"))

        opened(installation, work)
        assert serves(installation)

    def test_use(self, installation: Installed) -> None:
        """Neither or both of FILE and --confirm is wrong usage."""
        assert installation.call("restore").exit_code == 2
        assert installation.call("restore", str(installation.file), "--confirm", "x").exit_code == 2


def count_entries(installation: Installed, name: str) -> int:
    """Count the entries of a store that has this name."""
    url = make_url(installation.settings.url_of_database())
    if url.get_backend_name() == "sqlite":
        connection = sqlite3.connect(name)
        count = int(connection.execute("SELECT count(*) FROM ledger_entry").fetchone()[0])
        connection.close()
        return count

    async def ask() -> int:
        import asyncpg  # noqa: PLC0415 beside its one use

        dsn = url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
        connection = await asyncpg.connect(dsn)
        try:
            return int(await connection.fetchval("SELECT count(*) FROM ledger_entry"))
        finally:
            await connection.close()

    return asyncio.run(ask())


class TestLostMachine:
    """Nothing is left but the file and the passphrase."""

    def test_a_new_machine_gets_everything(self, tmp_path: Path) -> None:
        """Keys, certificates, the witness's last word and the store come back; the ledger is whole after confirming."""
        lost = installed(tmp_path / "lost")
        lost.told("migrate")
        certificate = lost.folder / "keys" / "certificates" / "seal.pem"
        certificate.parent.mkdir()
        certificate.write_text("a certificate")
        act(lost, 30)
        lost.told("backup", str(tmp_path / "b"))

        new = installed(tmp_path / "new", with_keys=False)
        done = new.told("restore", str(tmp_path / "b"))
        assert (done["leaves"], done["witnessed"], done["later"], done["kept"]) == (30, 30, 0, None)
        assert (new.folder / "keys" / "certificates" / "seal.pem").read_text() == "a certificate"
        assert {info.kid for info in lost.keys().list()} <= {info.kid for info in new.keys().list()}
        assert not serves(new)
        new.told("restore", "--confirm", "the machine burnt")
        assert serves(new)
        assert new.told("audit", "check")["witnessed"] == 32

    def test_a_ruined_file_is_replaced(self, tmp_path: Path) -> None:
        """A store that cannot be opened any more is kept as it lies, and the backup takes its place."""
        here = installed(tmp_path / "here")
        here.told("migrate")
        act(here, 9)
        here.told("backup", str(tmp_path / "b"))
        file = here.folder / "zhizhao.db"
        file.write_bytes(b"ruined" * 1000)
        done = here.told("restore", str(tmp_path / "b"))
        assert (done["leaves"], done["later"]) == (9, 0)
        assert Path(done["kept"]).read_bytes() == b"ruined" * 1000
        here.told("restore", "--confirm", "the disk failed")
        assert here.told("audit", "check")["whole"]


class TestAuditCheck:
    """What the operator reads."""

    def test_whole(self, installation: Installed) -> None:
        """One line in each language, status 0."""
        act(installation, 4)
        result = installation.call("audit", "check")
        assert result.exit_code == 0
        assert "审计账完整：4 条记录" in result.stdout
        assert "The ledger is whole: 4 leaves" in result.stdout

    def test_broken(self, tmp_path: Path) -> None:
        """The place in both languages on stdout, the code on stderr, status 1; JSON names it, too."""
        here = installed(tmp_path / "here")
        here.told("migrate")
        act(here, 40)
        raw = sqlite3.connect(here.folder / "zhizhao.db")
        raw.execute("DROP TRIGGER ledger_entry_no_update")
        raw.execute(
            "UPDATE ledger_entry SET body = body || ' ' WHERE entry_id = "
            "(SELECT entry_id FROM ledger_leaf WHERE number = 12)"
        )
        raw.commit()
        raw.close()
        result = here.call("audit", "check")
        assert result.exit_code == 1
        assert "第 12 条（记录 " in result.stdout
        assert "broken at leaf 12, entry " in result.stdout
        assert result.stderr.startswith("error: ledger-broken: ")
        assert "leaf 12" in result.stderr
        facts = json.loads(here.call("--json", "audit", "check").stdout)
        assert facts["whole"] is False
        assert (facts["finding"]["part"], facts["finding"]["defect"], facts["finding"]["leaf"]) == (
            "entry",
            "changed",
            12,
        )


class TestMigrate:
    """`zhizhao migrate`."""

    def test_from_empty_and_again(self, tmp_path: Path) -> None:
        """The first time the schema is made, the second time nothing changes; no copy is made of nothing."""
        here = installed(tmp_path / "here")
        first = here.told("migrate")
        assert (first["before"], first["changed"], first["kept"]) == (None, True, None)
        assert here.told("migrate") == {
            "before": first["after"],
            "after": first["after"],
            "changed": False,
            "kept": None,
        }
        assert "无需升级" in here.call("migrate").stdout

    def test_not_while_somebody_serves(self, tmp_path: Path) -> None:
        """The writer's place is asked for."""
        here = installed(tmp_path / "here")
        with hold_writer(here.folder, clock=SystemClock()):
            refused(here, "unsafe-store", "migrate")


class TestServe:
    """What `serve` refuses, before it listens."""

    def test_a_held_place(self, tmp_path: Path) -> None:
        """The holder is named in one line."""
        here = installed(tmp_path / "here")
        here.told("migrate")
        with hold_writer(here.folder, clock=SystemClock()):
            assert "pid" in refused(here, "unsafe-store", "serve", "--port", "0")

    def test_a_restore_that_waits(self, tmp_path: Path) -> None:
        """In maintenance nobody is served, and the line says what ends it."""
        here = installed(tmp_path / "here")
        here.told("migrate")
        act(here, 2)
        here.told("backup", str(tmp_path / "b"))
        here.told("restore", str(tmp_path / "b"))
        assert "--confirm" in refused(here, "maintenance", "serve", "--port", "0")

    def test_an_old_schema(self, tmp_path: Path) -> None:
        """A store that was not migrated is not served."""
        here = installed(tmp_path / "here")
        refused(here, "schema-mismatch", "serve", "--port", "0")
