"""`zhizhao staff` as an operator types it: secrets once, refusals in one line, exit status."""

import json
from pathlib import Path

import pytest

from factories.house import PASSPHRASE, make_keys
from zhizhao.cli.main import main
from zhizhao.trust.totp import hotp


@pytest.fixture
def installation(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an installation with a settings file, keys and a migrated store."""
    make_keys(tmp_path / "keys")
    settings = tmp_path / "zhizhao.toml"
    settings.write_text(
        f'base_url = "http://localhost:8420"\ndata_dir = "{tmp_path}"\ndatabase_url = "{sqlite_url}"\ndemo = true\n'
    )
    monkeypatch.setenv("ZHIZHAO_CONFIG", str(settings))
    monkeypatch.setenv("ZHIZHAO_KEY_PASSPHRASE", PASSPHRASE.decode())
    return settings


def run(*arguments: str) -> int:
    """Run the command line; return the exit status."""
    with pytest.raises(SystemExit) as ended:
        main(["staff", *arguments])
    return int(ended.value.code or 0)


@pytest.mark.usefixtures("installation")
class TestStaff:
    """`add`, `list`, `unlock`."""

    def test_add_prints_the_secrets_once(self, capsys: pytest.CaptureFixture[str]) -> None:
        """The password is strong, the secret makes numbers; the list shows neither."""
        assert run("add", "wang.yan", "--role", "counter_clerk", "--unit", "任城窗口", "--name", "王砚", "--json") == 0
        made = json.loads(capsys.readouterr().out)
        assert made["roles"] == ["counter_clerk"]
        assert len(made["password"]) == 23
        assert len(hotp(made["totp_secret"], 1)) == 6
        assert made["totp_uri"].startswith("otpauth://totp/")
        assert run("list", "--json") == 0
        listed = capsys.readouterr().out
        assert json.loads(listed)["accounts"] == [
            {"username": "wang.yan", "name": "王砚", "roles": ["counter_clerk"], "unit": "任城窗口", "state": "active"}
        ]
        assert made["password"] not in listed
        assert made["totp_secret"] not in listed

    @pytest.mark.parametrize(
        ("arguments", "status", "words"),
        [
            (("add", "w", "--role", "officer"), 1, "error: username-malformed:"),
            (("add", "an.li", "--role", "system_admin", "--role", "audit_admin"), 1, "error: duties-conflict:"),
            (("add", "an.li", "--role", "nonsense"), 2, "Invalid value"),
            (("add", "an.li"), 2, "Missing option"),
            (("unlock", "nobody"), 1, "error: account-unknown:"),
        ],
    )
    def test_refusals(
        self, arguments: tuple[str, ...], status: int, words: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """1 refused with the reason on one line, 2 wrong usage; nothing on stdout."""
        assert run(*arguments) == status
        told = capsys.readouterr()
        assert words in told.err
        assert told.out == ""

    def test_a_user_name_twice(self, capsys: pytest.CaptureFixture[str]) -> None:
        """The second is refused; unlocking the first is no mistake."""
        assert run("add", "wang.yan", "--role", "officer") == 0
        assert "password" in capsys.readouterr().out
        assert run("add", "wang.yan", "--role", "officer") == 1
        assert "username-taken" in capsys.readouterr().err
        assert run("unlock", "wang.yan") == 0
