"""Nothing lies around: templates and static files are used, migrations form one line, commands say what they do."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import pytest
from alembic.script import ScriptDirectory
from click.testing import CliRunner

from zhizhao.cli.main import root
from zhizhao.storage.migrate import MIGRATIONS

HOUSE = Path("src/zhizhao")
TEMPLATES = HOUSE / "web/templates"
STATIC = HOUSE / "web/static"
TEXT = {".html", ".svg", ".js", ".css"}
CODE = "\n".join(path.read_text("utf-8") for path in sorted(HOUSE.rglob("*.py")))

WAITING: dict[str, str] = {}
"""Static files ahead of their page, each with its reason; one that is used by now fails here."""
COMMANDS = {
    "audit check",
    "backup",
    "bench",
    "client add",
    "demo",
    "keys list",
    "keys rotate",
    "licence issue",
    "licence show",
    "migrate",
    "registry import",
    "restore",
    "serve",
    "slip",
    "staff add",
    "verify",
    "wallet devices",
    "wallet download",
    "wallet enrol",
    "wallet freeze",
    "wallet licences",
    "wallet records",
    "wallet show",
    "wallet unfreeze",
}
"""What scripts outside may rely on: added to freely, removed only with an entry in the changelog."""
BEYOND = {
    "audit renew-witness": "a witness that lost its memory begins anew on the record (SECURITY.md T11)",
    "audit history": "the ledger may be whole and the register changed; an auditor must see which row",
    "client list": "an operator must see what `client add` made",
    "client stop": "a stolen secret is stopped at once",
    "keys create": "the first keys of an installation outside the demonstration",
    "keys install": "a certificate of the operator's own authority",
    "keys passphrase": "a passphrase that somebody knew is changed",
    "keys request": "asks the operator's own authority for a certificate",
    "staff list": "an operator must see what `staff add` made",
    "staff unlock": "somebody who mistyped works on at once",
}
"""Commands beside the contract, each with its reason."""


# ---------------------------------------------------------------- templates and static files


def unused_templates(templates: Mapping[str, str], code: str) -> list[str]:
    """Return the templates that neither code nor another template names.

    `parts/` are read as a folder; the phone's shells are named by their last part (`web/wallet/pages.py`).
    """

    def is_used(name: str) -> bool:
        if name.startswith("parts/"):
            return True
        folder, _, last = name.rpartition("/")
        shell = f'"{last.removesuffix(".html")}")' if folder == "wallet" else name
        named = f'"{name}"' in code or shell in code
        return named or any(name in text for other, text in templates.items() if other != name)

    return [name for name in templates if not is_used(name)]


def unused_files(names: list[str], texts: Mapping[str, str], elsewhere: str) -> list[str]:
    """Return the static files that no page, no code and no other static file names."""

    def is_used(name: str) -> bool:
        last = name.rpartition("/")[2]
        return name in elsewhere or any(last in text for other, text in texts.items() if other != name)

    return [name for name in names if not is_used(name)]


def texts_below(folder: Path) -> dict[str, str]:
    """Return name and text of every readable file below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in sorted(folder.rglob("*"))
        if path.suffix in TEXT
    }


TEMPLATE_TEXTS = texts_below(TEMPLATES)
STATIC_TEXTS = {name: text for name, text in texts_below(STATIC).items() if not name.startswith("vendor/")}


def test_every_template_is_used() -> None:
    """A page that nobody sends, or a part that nobody includes, is removed."""
    assert unused_templates(TEMPLATE_TEXTS, CODE) == []


def test_every_static_file_is_used() -> None:
    """A script, a sheet or a picture that no page asks for is removed."""
    names = [
        path.relative_to(STATIC).as_posix()
        for path in sorted(STATIC.rglob("*"))
        if path.is_file() and path.suffix not in {".md", ".txt"}
    ]
    assert len(names) > 30
    assert unused_files(names, STATIC_TEXTS, CODE + "".join(TEMPLATE_TEXTS.values())) == sorted(WAITING)


def test_what_lies_around_is_found() -> None:
    """The control: a forgotten template, a forgotten shell and a forgotten script."""
    templates = {"desk/forgotten.html": "", "wallet/forgotten.html": "", "base.html": "", "a.html": '"base.html"'}
    assert unused_templates(templates, '"a.html"') == ["desk/forgotten.html", "wallet/forgotten.html"]
    assert unused_files(["js/forgotten.js", "js/a.js"], {"js/b.js": "./a.js"}, "") == ["js/forgotten.js"]


# ---------------------------------------------------------------- migrations


def line_faults(scripts: list[tuple[str, object]]) -> list[str]:
    """Return what keeps migrations, newest first, from being one line from empty to now."""
    faults = []
    for (revision, down), (earlier, _) in zip(scripts, [*scripts[1:], (None, None)], strict=True):
        if down != earlier:
            faults.append(f"{revision} stands on {down}, not on {earlier}")
    return faults


def test_migrations_are_one_line() -> None:
    """One first, one last, each on the one before; files are numbered in that order."""
    folder = ScriptDirectory(str(MIGRATIONS))
    scripts = list(folder.walk_revisions())
    assert len(folder.get_heads()) == len(folder.get_bases()) == 1
    assert not line_faults([(one.revision, one.down_revision) for one in scripts])
    files = sorted(path.name for path in (MIGRATIONS / "versions").glob("*.py"))
    assert [name[:4] for name in files] == [one.revision for one in reversed(scripts)]
    assert len(files) == len(scripts)


def test_a_fork_is_found() -> None:
    """The control: two migrations that stand on the same one."""
    assert line_faults([("0003", "0001"), ("0002", "0001"), ("0001", None)])
    assert not line_faults([("0002", "0001"), ("0001", None)])


# ---------------------------------------------------------------- the command line


def commands(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Return every command and group by its words."""
    yield " ".join(path), group
    if isinstance(group, click.Group):
        with click.Context(group) as context:
            for name in group.list_commands(context):
                found = group.get_command(context, name)
                assert found is not None
                yield from commands(found, (*path, name))


EVERY = dict(commands(root))


@pytest.mark.parametrize("words", EVERY, ids=lambda words: words or "zhizhao")
def test_help_on_every_level(words: str) -> None:
    """`--help` ends well, and says in a sentence what the command does."""
    done = CliRunner().invoke(root, [*words.split(), "--help"])
    assert done.exit_code == 0, done.output
    assert done.output.startswith("Usage: ")
    assert len((EVERY[words].help or "").split("\n")[0]) > 10


def test_the_commands_are_those_we_promise() -> None:
    """Each promised command is there; each other one has its reason here."""
    leaves = {words for words, command in EVERY.items() if not isinstance(command, click.Group)}
    assert leaves == COMMANDS | set(BEYOND)
    assert not COMMANDS & set(BEYOND)


def test_a_command_without_help_is_seen() -> None:
    """The control: the walk finds a nested command, and that it says nothing."""
    group = click.Group("outer", commands={"inner": click.Command("inner")})
    assert {words: command.help for words, command in commands(group)} == {"": None, "inner": None}
