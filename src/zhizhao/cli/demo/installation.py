"""Create or re-open the folder of a demonstration: settings, passphrase, keys, certificates, schema."""

import os
import secrets
import tempfile
from pathlib import Path

import structlog

from zhizhao.app.parts import KEY_FOLDER
from zhizhao.kernel.clock import SystemClock
from zhizhao.settings import Settings, read_passphrase, read_settings
from zhizhao.storage.migrate import migrate
from zhizhao.trust.demo_authority import DemoAuthority
from zhizhao.trust.errors import KeyFileMissing
from zhizhao.trust.file_provider import FileKeys

SETTINGS = "zhizhao.toml"
PASSPHRASE = "passphrase"  # noqa: S105 the name of a file
log = structlog.get_logger("zhizhao.demo")


def open_folder(folder: Path, *, port: int, database_url: str | None) -> Settings:
    """Return the settings of the folder; a new one gets its files, a known one keeps its keys and data."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    passphrase = folder / PASSPHRASE
    if not passphrase.exists():
        write_private(passphrase, secrets.token_urlsafe(32) + "\n")
    path = folder / SETTINGS
    kept = read_settings(path).database_url if path.exists() else ""
    write_private(path, _settings_text(port=port, database_url=database_url or kept))
    settings = read_settings(path)
    keys = open_keys(settings)
    DemoAuthority(folder / KEY_FOLDER, keys, clock=SystemClock(), demo=True).ensure()
    migrate(settings.url_of_database())
    return settings


def open_keys(settings: Settings) -> FileKeys:
    """Open the keys of the folder; make them on the first day."""
    folder = settings.data_path() / KEY_FOLDER
    passphrase = read_passphrase(settings)
    try:
        return FileKeys.open(folder, passphrase, clock=SystemClock())
    except KeyFileMissing:
        return FileKeys.create(folder, passphrase, clock=SystemClock(), demonstration=True)


def _settings_text(*, port: int, database_url: str) -> str:
    lines = [
        "# A demonstration with fictitious data; not for real licences.",
        f'base_url = "http://localhost:{port}"',
        'data_dir = "."',
        "demo = true",
        'issued_templates = "ABCDEFGHI"',
    ]
    return "\n".join([*lines, *([f'database_url = "{database_url}"'] if database_url else [])]) + "\n"


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner reads: temporary file, then rename, so no reader sees half of it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(path)
