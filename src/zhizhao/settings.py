"""One frozen object that says how this installation runs; read once, unknown keys refused.

The file is TOML. Every key has a safe default except `base_url` and `data_dir`. Secrets are not settings: the
passphrase of the key file comes from `key_passphrase_file` or the environment variable `ZHIZHAO_KEY_PASSPHRASE`.
"""

import os
import re
import stat
import tomllib
from pathlib import Path
from typing import Annotated

import msgspec

from zhizhao.kernel.errors import ZhizhaoError

ORIGIN = re.compile(r"https://[A-Za-z0-9.-]+(:\d{1,5})?|http://localhost(:\d{1,5})?")
Seconds = Annotated[int, msgspec.Meta(ge=1)]


class SettingsRefused(ZhizhaoError):
    """The settings file is missing, is not TOML, or holds an unknown key or a value out of range."""

    code = "settings-refused"


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How this installation runs. Each field names its unit; what DOMAIN.md §17 calls unknown is here."""

    base_url: str
    """Public origin without a trailing slash; `https` except on `http://localhost`."""
    data_dir: str
    """Folder of keys, the SQLite file, lock files and the witness; absolute, or relative to the settings file."""
    database_url: str = ""
    """SQLAlchemy URL; empty: SQLite in `data_dir`."""
    demo: bool = False
    """Demonstration mode: fictitious data, 演示 on every page, stand-ins allowed."""
    key_passphrase_file: str = ""
    """File whose first line opens the key file; default `data_dir/passphrase` in demo mode only."""
    operator_name: str = "示例平台（演示）"
    """主办单位 in the footer."""
    operator_phone: str = "0537-0000000（演示）"
    """联系电话 in the footer."""
    issuer_authority: str = "11370800MBT000011G"
    """USCC of the issuing authority inside licence identifiers (GB/T 36904)."""
    licence_type_code: str = "11100000MB0143028R001"
    """Type code of the business licence inside licence identifiers (GB/T 36904)."""
    code_seconds: Annotated[int, msgspec.Meta(ge=30, le=300)] = 60
    """Life of a presentation code."""
    unlock_seconds: Annotated[int, msgspec.Meta(ge=60, le=300)] = 300
    """How long one unlock lets a person show."""
    slip_minutes: Annotated[int, msgspec.Meta(ge=30, le=4320)] = 1440
    """Life of a one-time slip, 30 minutes to 72 hours."""
    real_name_seconds: Seconds = 10800
    """How long a real-name check is good for further downloads: 3 hours."""
    pin_attempts: Annotated[int, msgspec.Meta(ge=3, le=10)] = 5
    """Wrong PINs before the device must prove its person again."""
    devices_per_person: Annotated[int, msgspec.Meta(ge=1, le=5)] = 1
    """Active devices of one person; enrolling one more retires the oldest (belief, so a setting)."""
    misses_per_minute: Annotated[int, msgspec.Meta(ge=5, le=120)] = 30
    """Unknown codes a client may send in a minute before it is stopped."""
    status_list_seconds: Annotated[int, msgspec.Meta(ge=30, le=300)] = 300
    """Life of a signed status list."""
    seal_seconds: Annotated[float, msgspec.Meta(gt=0, le=60)] = 1.0
    """Longest time an entry waits before it is sealed into the tree."""
    witness_file: str = ""
    """Where the outside witness keeps the ledger's heads, best on another host's disk; empty: in the data folder."""
    unwitnessed_seconds: Annotated[int, msgspec.Meta(ge=30, le=86400)] = 300
    """How long the witness may be out of reach before nothing new is issued."""
    publicity_note: str = "企业信用信息公示系统网址（演示）：https://gongshi.zhizhao.example"
    """Foot of the sheet: address of the publicity system."""
    annual_report_note: str = "市场主体应当于每年1月1日至6月30日通过公示系统报送上一年度的年度报告（演示）"
    """Foot of the duplicate."""
    face_code_note: str = "扫描二维码，查询本执照当前状态和更多登记、备案、许可、监管信息"
    """Hint beside the face's QR (253号: that it leads to more information; the wording is not fixed)."""
    font_dir: str = ""
    """Folder of the sheet's fonts; empty: where the set-up put Noto CJK."""
    glyph_substitutes: dict[str, str] = {}
    """Agreed substitutes for characters that the sheet's fonts do not have; noted in the foot of the sheet."""
    kind_templates: dict[str, str] = {}
    """Other template letters for entity kinds than `entity_kinds.json` gives (belief, so a setting)."""
    issued_templates: Annotated[str, msgspec.Meta(pattern="^[A-I]*$")] = "ABCDEFGH"
    """Template letters that get a licence; I, a registration certificate, is off by default (belief)."""
    issue_sm2: bool = True
    """Sign licences with SM2 beside ES256."""

    def data_path(self) -> Path:
        """Return the data folder as a path."""
        return Path(self.data_dir)

    def witness_path(self) -> Path:
        """Return the file of the outside witness."""
        return Path(self.witness_file) if self.witness_file else self.data_path() / "witness.jsonl"

    def url_of_database(self) -> str:
        """Return the SQLAlchemy URL, SQLite in the data folder by default."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_path() / 'zhizhao.db'}"

    def with_database(self, url: str | None) -> "Settings":
        """Return the same settings for another store, where one is named."""
        return msgspec.structs.replace(self, database_url=url) if url else self


def read_settings(path: Path) -> Settings:
    """Read and check the file; relative `data_dir` is taken from the file's folder. Raises SettingsRefused."""
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
        settings = msgspec.convert(raw, Settings)
    except OSError as cause:
        raise SettingsRefused(file=str(path), reason="cannot be read") from cause
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as cause:
        raise SettingsRefused(file=str(path), reason=str(cause)) from cause
    if ORIGIN.fullmatch(settings.base_url) is None:
        reason = "base_url: an https origin without path or trailing slash, or http://localhost with a port"
        raise SettingsRefused(file=str(path), reason=reason)
    folder = Path(settings.data_dir)
    return msgspec.structs.replace(settings, data_dir=str(folder if folder.is_absolute() else path.parent / folder))


def find_settings(given: str | None) -> Path:
    """Return the settings file: `--config`, else `ZHIZHAO_CONFIG`, else the demonstration's. Raises SettingsRefused."""
    for candidate in (given, os.environ.get("ZHIZHAO_CONFIG"), "var/demo/zhizhao.toml"):
        if candidate and (candidate != "var/demo/zhizhao.toml" or Path(candidate).exists()):
            return Path(candidate).resolve()
    raise SettingsRefused(reason="no installation: give --config or set ZHIZHAO_CONFIG")


def read_passphrase(settings: Settings) -> bytes:
    """Return the passphrase of the key file, never printed. Raises SettingsRefused."""
    if given := os.environ.get("ZHIZHAO_KEY_PASSPHRASE"):
        return given.encode()
    path = Path(settings.key_passphrase_file or settings.data_path() / "passphrase")
    if not settings.key_passphrase_file and not settings.demo:
        raise SettingsRefused(reason="key_passphrase_file is not set")
    if not settings.demo:
        _require_private(path)
    try:
        return path.read_bytes().splitlines()[0].strip()
    except (OSError, IndexError) as cause:
        raise SettingsRefused(file=str(path), reason="the passphrase file cannot be read or is empty") from cause


def _require_private(path: Path) -> None:
    """Check that only owner and group read a secret file and only its owner changes it. Raises SettingsRefused."""
    if path.exists() and path.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH | stat.S_IWGRP):
        raise SettingsRefused(
            file=str(path), reason="others may read or change the passphrase", repair=f"chmod 600 {path}"
        )
