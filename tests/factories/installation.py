"""A small installation for tests of commands: settings, passphrase, keys, migrated store."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from factories.ledgers import CHEAP
from zhizhao.app.parts import KEY_FOLDER
from zhizhao.cli.main import root
from zhizhao.kernel.clock import SystemClock
from zhizhao.settings import Settings, read_passphrase, read_settings
from zhizhao.trust.file_provider import FileKeys


@dataclass(frozen=True, slots=True)
class Installed:
    """An installation and its command line."""

    file: Path

    @property
    def settings(self) -> Settings:
        """Return its settings."""
        return read_settings(self.file)

    @property
    def folder(self) -> Path:
        """Return its data folder."""
        return self.settings.data_path()

    def call(self, *arguments: str) -> Result:
        """Run a command, return what came of it."""
        return CliRunner().invoke(root, ["--config", str(self.file), *arguments], catch_exceptions=False)

    def told(self, *arguments: str) -> dict[str, Any]:
        """Run a command that must succeed, return its JSON."""
        result = CliRunner().invoke(root, ["--config", str(self.file), "--json", *arguments], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        facts: dict[str, Any] = json.loads(result.stdout)
        return facts

    def keys(self) -> FileKeys:
        """Open its keys."""
        return FileKeys.open(self.folder / KEY_FOLDER, read_passphrase(self.settings), clock=SystemClock())


def installed(folder: Path, url: str = "", *, passphrase: str = "only for tests", with_keys: bool = True) -> Installed:  # noqa: S107 a test's
    """Write an installation into an empty folder; its store is migrated by its own command or not at all."""
    data = folder / "data"
    data.mkdir(parents=True)
    (folder / "passphrase").write_text(passphrase)
    lines = ['base_url = "http://localhost:8420"', 'data_dir = "data"', "demo = true"]
    lines += [f'key_passphrase_file = "{folder / "passphrase"}"', f'database_url = "{url}"']
    (folder / "zhizhao.toml").write_text("\n".join(lines))
    made = Installed(folder / "zhizhao.toml")
    if with_keys:
        FileKeys.create(
            data / KEY_FOLDER, read_passphrase(made.settings), clock=SystemClock(), cost=CHEAP, demonstration=True
        )
    return made
