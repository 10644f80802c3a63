"""The command line's root: one line for whatever fails, `--json` anywhere before `--` (INTERFACES.md §2)."""

import json
from typing import NoReturn

import click
import pytest
from click.testing import CliRunner

from zhizhao.cli import main as room
from zhizhao.cli.context import Installation, pass_installation
from zhizhao.cli.main import TRACEBACK, Commands, main
from zhizhao.ledger.errors import LedgerBroken

SECRET = "37081119900307123X"


class Failing(Commands):
    """The root with one command that fails as told."""

    failure: Exception

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        """Return the failing command."""
        del ctx, cmd_name

        def fail() -> NoReturn:
            raise self.failure

        return click.Command("fail", callback=fail)


def status_and_error(failure: Exception) -> tuple[int, str]:
    """Return exit status and stderr of a command that fails so."""
    root = Failing(callback=lambda: None)
    root.failure = failure
    done = CliRunner().invoke(root, ["fail"])
    assert done.stdout == ""
    return done.exit_code, done.stderr


class TestOneLine:
    """Status 1 and one line on stderr."""

    @pytest.mark.parametrize(
        ("failure", "expected"),
        [
            (LedgerBroken(leaf=7), "error: ledger-broken: "),
            (ExceptionGroup("tasks", [LedgerBroken(leaf=7)]), "error: ledger-broken: "),
            (FileNotFoundError(2, "No such file or directory", "/nope/x"), "error: system-refused: "),
            (PermissionError(13, "Permission denied", "/root/x"), "error: system-refused: "),
            (OSError("no number"), "error: system-refused: "),
            (KeyError(SECRET), "error: internal: "),
        ],
    )
    def test_whatever_fails(self, failure: Exception, expected: str) -> None:
        """Its code, its words, no traceback."""
        status, told = status_and_error(failure)
        assert (status, len(told.splitlines())) == (1, 1)
        assert told.startswith(expected)

    def test_the_system_s_refusal_names_file_and_reason(self) -> None:
        """An operator can act on it."""
        _, told = status_and_error(FileNotFoundError(2, "No such file or directory", "/nope/x"))
        assert "(file: /nope/x, reason: No such file or directory)" in told

    def test_a_defect_shows_no_value(self) -> None:
        """A traceback may hold an identity number; the line names the kind only."""
        _, told = status_and_error(KeyError(SECRET))
        assert SECRET not in told
        assert "kind: KeyError" in told

    def test_a_defect_can_be_looked_at(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Control: with the variable the failure comes through."""
        monkeypatch.setenv(TRACEBACK, "1")
        root = Failing(callback=lambda: None)
        root.failure = KeyError("x")
        assert isinstance(CliRunner().invoke(root, ["fail"]).exception, KeyError)

    def test_wrong_usage_is_2(self) -> None:
        """Click's own refusals stay what they are."""
        assert status_and_error(click.UsageError("x"))[0] == 2


@pytest.fixture
def echo(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a command beside the others that tells what it was given."""

    @click.command(name="echo")
    @click.argument("words", nargs=-1)
    @pass_installation
    def echo_(installation: Installation, words: tuple[str, ...]) -> None:
        installation.answer({"words": words}, text=" ".join(words))

    monkeypatch.setattr(room, "echo_for_this_test", echo_, raising=False)
    monkeypatch.setitem(room.COMMANDS, "echo", (room.__name__, "echo_for_this_test"))


class TestJson:
    """Accepted by the group and by every command."""

    @pytest.mark.parametrize(
        ("arguments", "expected"),
        [
            (["--json", "echo", "a"], {"words": ["a"]}),
            (["echo", "--json", "a"], {"words": ["a"]}),
            (["echo", "a", "--json"], {"words": ["a"]}),
            (["--json", "echo", "a", "--json"], {"words": ["a"]}),
            (["--json", "echo", "--", "--json"], {"words": ["--json"]}),
            (["echo", "--", "--json"], None),
        ],
    )
    @pytest.mark.usefixtures("echo")
    def test_anywhere(self, arguments: list[str], expected: object, capsys: pytest.CaptureFixture[str]) -> None:
        """Before `--`; behind it stands what is no option."""
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        told = capsys.readouterr().out
        assert ended.value.code == 0
        assert told.strip() == "--json" if expected is None else json.loads(told) == expected
