"""`zhizhao licence` on a real installation: settings file, keys, store."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from factories.issuing import HOLDER, a_draft, uscc_of
from factories.ledgers import PASSPHRASE, cheap_keys
from zhizhao.app.parts import KEY_FOLDER, open_parts
from zhizhao.cli.main import root
from zhizhao.kernel.actor import SYSTEM
from zhizhao.kernel.clock import SystemClock
from zhizhao.kernel.errors import NotCanonical
from zhizhao.licence import press as pressing
from zhizhao.licence.freeze import freeze
from zhizhao.registry.draft import EntityDraft
from zhizhao.registry.entity import EntityStatus
from zhizhao.registry.record import record
from zhizhao.settings import read_settings
from zhizhao.storage.outbox import Outbox


class Shell:
    """An installation and a command line."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.config = folder / "zhizhao.toml"
        self.config.write_text(
            f'base_url = "http://localhost:8420"\ndata_dir = "."\ndemo = true\ndatabase_url = "{database_url}"\n'
        )
        (folder / "passphrase").write_bytes(PASSPHRASE)
        cheap_keys(folder / KEY_FOLDER, SystemClock())

    def run(self, *arguments: str) -> Result:
        """Run a command for people."""
        return CliRunner().invoke(root, ["--config", str(self.config), *arguments])

    def json(self, *arguments: str) -> Any:
        """Run a command that must succeed, for programs."""
        done = CliRunner().invoke(root, ["--config", str(self.config), "--json", *arguments])
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    def record(self, *drafts: EntityDraft) -> None:
        """Record entities without issuing anything, as an import by another release would."""

        async def work() -> None:
            async with open_parts(read_settings(self.config)) as parts, parts.database.write() as connection:
                await record(
                    connection,
                    drafts,
                    store=parts.registry,
                    sealer=parts.sealer,
                    outbox=Outbox(parts.clock),
                    ledger=parts.ledger,
                    clock=parts.clock,
                    actor=SYSTEM,
                )

        asyncio.run(work())

    def freeze(self, uscc: str) -> None:
        """Freeze a licence as its holder."""

        async def work() -> None:
            async with open_parts(read_settings(self.config)) as parts, parts.database.write() as connection:
                await freeze(connection, uscc, cause=HOLDER, office=parts.office)

        asyncio.run(work())

    def unwitnessed(self, *, seconds: int) -> None:
        """Let it be so long since the witness held the newest head."""

        async def work() -> None:
            async with open_parts(read_settings(self.config)) as parts, parts.database.write() as connection:
                at = await parts.database.now(connection) - timedelta(seconds=seconds)
                await parts.ledger.put_witnessed(connection, 1, at=at)

        asyncio.run(work())


@pytest.fixture
def shell(tmp_path: Path, database_url: str) -> Shell:
    """Give an installation on each store."""
    folder = tmp_path / "installation"
    folder.mkdir()
    return Shell(folder, database_url)


class TestIssue:
    """`licence issue`."""

    def test_all_twice(self, shell: Shell) -> None:
        """Everything the first time, nothing the second."""
        shell.record(*(a_draft(n) for n in range(3)), a_draft(3, status=EntityStatus.REVOKED))
        assert shell.json("licence", "issue", "--all") == {
            "issue": 4,
            "withdraw": 1,
            "unchanged": 0,
            "not_issuable": 0,
            "waiting": 0,
            "failed": {},
        }
        done = shell.run("licence", "issue", "--all")
        assert (done.exit_code, done.stdout.strip()) == (0, "unchanged: 0  not issuable: 0  waiting: 0")

    def test_by_code(self, shell: Shell) -> None:
        """Codes as people type them, each once."""
        shell.record(a_draft(1), a_draft(2))
        typed = uscc_of(1).lower()
        assert shell.json("licence", "issue", typed, uscc_of(1), uscc_of(2)) == {
            "licences": [{"uscc": uscc_of(1), "acts": ["issue"]}, {"uscc": uscc_of(2), "acts": ["issue"]}]
        }
        assert shell.run("licence", "issue", uscc_of(1)).stdout.strip() == f"{uscc_of(1)}  unchanged"

    def test_what_fails_is_named(self, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
        """With its reason; the others are made, and the status says that it was not all."""
        shell.record(a_draft(1))

        def refuse(*_: object) -> bytes:
            raise NotCanonical(reason="for this test")

        monkeypatch.setattr(pressing, "sign_document", refuse)
        done = shell.run("licence", "issue", "--all")
        assert f"failed  {uscc_of(1)}: not-canonical" in done.stdout
        assert (done.exit_code, done.stderr.split(":")[1].strip()) == (1, "issuing-incomplete")

    @pytest.mark.parametrize("what", [("--all",), (uscc_of(1),)], ids=["all", "one"])
    def test_a_witness_out_of_reach(self, shell: Shell, what: tuple[str, ...]) -> None:
        """Told by name after the time allowed; with the witness back the same command issues."""
        shell.record(a_draft(1))
        settings = shell.config.read_text()
        shell.config.write_text(settings + 'witness_file = "/nowhere/witness.jsonl"\nunwitnessed_seconds = 30\n')
        shell.unwitnessed(seconds=31)
        done = shell.run("licence", "issue", *what)
        assert (done.exit_code, len(done.stderr.splitlines())) == (1, 1)
        assert done.stderr.startswith("error: ledger-unwitnessed: ")
        assert "waiting: 1" in done.stderr
        assert shell.run("licence", "show", uscc_of(1)).exit_code == 1
        shell.config.write_text(settings)
        assert shell.run("licence", "issue", *what).exit_code == 0
        assert shell.json("licence", "show", uscc_of(1))["status"] == "valid"

    @pytest.mark.parametrize("command", ["issue", "show"])
    def test_what_is_no_code(self, shell: Shell, command: str) -> None:
        """Refused as such, with the reason, before anything is opened."""
        done = shell.run("licence", command, "91370800")
        assert (done.exit_code, done.stderr.split(":")[1].strip()) == (1, "uscc-malformed")
        assert "reason: length" in done.stderr

    @pytest.mark.parametrize("arguments", [(), ("--all", "91370800MAT000018U")], ids=["neither", "both"])
    def test_wrong_usage(self, arguments: tuple[str, ...], shell: Shell) -> None:
        """Exit status 2, nothing opened."""
        assert shell.run("licence", "issue", *arguments).exit_code == 2

    def test_an_unknown_entity(self, shell: Shell) -> None:
        """One line on stderr, exit status 1."""
        done = shell.run("licence", "issue", uscc_of(9))
        assert done.exit_code == 1
        assert done.stderr.startswith("error: registry-entity-unknown: ")
        assert len(done.stderr.splitlines()) == 1


class TestShow:
    """`licence show`."""

    def test_a_licence_with_its_life(self, shell: Shell) -> None:
        """Face, status, versions and history; the chain is checked on the way."""
        shell.record(a_draft(1))
        shell.json("licence", "issue", uscc_of(1))
        shell.freeze(uscc_of(1))
        shell.record(replace(a_draft(1), registrar="济宁市行政审批服务局（演示）"))
        shell.json("licence", "issue", "--all")
        facts = shell.json("licence", "show", uscc_of(1))
        assert (facts["version"], facts["status"], facts["holds"]) == (2, "suspended", ["frozen"])
        assert [one["status"] for one in facts["versions"]] == ["changed", "suspended"]
        assert [(one["act"], one["actor"].split(":")[0]) for one in facts["history"]] == [
            ("issue", "operator"),
            ("freeze", "person"),
            ("reissue", "operator"),
        ]
        assert facts["face"][0] == {"field": "name", "label": "名称", "text": "济宁示例1号商贸有限公司"}
        assert facts["chain"] == facts["versions"][-1]["row_hash"]
        text = shell.run("licence", "show", uscc_of(1)).stdout
        assert "suspended (frozen)" in text
        assert "名称: 济宁示例1号商贸有限公司" in text
        assert "/d/dsp_" in text

    def test_nothing_issued(self, shell: Shell) -> None:
        """A refusal with its code."""
        done = shell.run("licence", "show", uscc_of(9))
        assert (done.exit_code, done.stderr.split(":")[1].strip()) == (1, "licence-unknown")
