"""Settings: what is refused, and that it is told."""

from pathlib import Path

import pytest

from zhizhao.settings import SettingsRefused, read_passphrase, read_settings


def written(folder: Path, base_url: str, *, more: str = "") -> Path:
    """Write a settings file."""
    path = folder / "zhizhao.toml"
    path.write_text(f'base_url = "{base_url}"\ndata_dir = "."\n{more}')
    return path


class TestBaseUrl:
    """An origin that phones can trust."""

    @pytest.mark.parametrize(
        "base_url",
        ["https://zhizhao.example", "https://zhizhao.example:8443", "http://localhost", "http://localhost:8420"],
    )
    def test_good(self, base_url: str, tmp_path: Path) -> None:
        """`https`, or plain on this machine alone."""
        assert read_settings(written(tmp_path, base_url)).base_url == base_url

    @pytest.mark.parametrize(
        "base_url",
        [
            "http://localhost.evil.example",
            "http://localhost@evil.example",
            "http://zhizhao.example",
            "https://zhizhao.example/",
            "https://zhizhao.example/path",
            "https://zhizhao.example?x",
            "https://user@zhizhao.example",
            "https://",
            "",
        ],
    )
    def test_refused(self, base_url: str, tmp_path: Path) -> None:
        """Another host in disguise, plain http, or more than an origin."""
        with pytest.raises(SettingsRefused, match="base_url"):
            read_settings(written(tmp_path, base_url))


class TestPassphrase:
    """The file that opens the keys."""

    @pytest.mark.parametrize("mode", [0o600, 0o400, 0o640])
    def test_private(self, mode: int, tmp_path: Path) -> None:
        """Owner, or owner and group."""
        assert self.read(tmp_path, mode) == b"a secret"

    @pytest.mark.parametrize("mode", [0o644, 0o604, 0o660, 0o602])
    def test_exposed(self, mode: int, tmp_path: Path) -> None:
        """Refused, with what repairs it."""
        with pytest.raises(SettingsRefused, match="chmod 600"):
            self.read(tmp_path, mode)

    def test_a_demonstration_has_no_secret(self, tmp_path: Path) -> None:
        """Its passphrase protects nothing."""
        assert self.read(tmp_path, 0o644, more="demo = true\n") == b"a secret"

    def read(self, folder: Path, mode: int, *, more: str = "") -> bytes:
        """Read a passphrase from a file of a mode."""
        secret = folder / "secret"
        secret.write_text("a secret\n")
        secret.chmod(mode)
        settings = read_settings(
            written(folder, "https://zhizhao.example", more=f'key_passphrase_file = "{secret}"\n{more}')
        )
        return read_passphrase(settings)
