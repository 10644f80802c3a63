"""Requirements are pinned with hashes, name no address, and each has its reason in docs/architecture.md."""

import re
import tomllib
from pathlib import Path

import pytest

FOLDER = Path("requirements")
LOCKED = sorted(FOLDER.glob("*.txt"))
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", re.MULTILINE)
ADDRESS = re.compile(r"://|^\s*(-i|-f|--(extra-)?index-url|--trusted-host|--find-links)\b|\sgit\+|\s@\s", re.MULTILINE)
ROW = re.compile(r"^\| `([a-z0-9-]+)` \|(.+)\|$", re.MULTILINE)


def wanted(name: str) -> list[str]:
    """Return the packages that an `.in` file asks for."""
    lines = (FOLDER / name).read_text("utf-8").splitlines()
    return [line.partition("[")[0] for line in lines if line and not line.startswith(("#", "-"))]


def unhashed(text: str) -> list[str]:
    """Return the pins without a hash."""
    blocks = re.split(r"\n(?=[a-z0-9])", text)
    return [found.group(1) for block in blocks if (found := PIN.match(block)) and "--hash=sha256:" not in block]


def row_faults(text: str, packages: list[str]) -> list[str]:
    """Return what is wrong with the table of dependencies for these packages."""
    rows = {name: [cell.strip() for cell in cells.split("|")] for name, cells in ROW.findall(text)}
    faults = [f"{name}: no row" for name in packages if name not in rows]
    faults += [f"{name}: not asked for" for name in rows if name not in packages]
    faults += [f"{name}: an empty cell" for name, cells in rows.items() if len(cells) != 4 or not all(cells)]
    return faults


@pytest.mark.parametrize("path", LOCKED, ids=lambda path: path.name)
def test_every_pin_has_a_hash_and_no_address(path: Path) -> None:
    """What is installed is what was reviewed, from wherever it comes."""
    text = path.read_text("utf-8")
    assert PIN.search(text)
    assert not unhashed(text)
    assert not ADDRESS.search("\n".join(line for line in text.splitlines() if not line.startswith("#")))
    assert "://" not in text


def test_what_is_asked_for_is_pinned() -> None:
    """Each `.in` file has its lock, which holds everything it asks for."""
    for source in ("base", "build"):
        pinned = {name for name, _ in PIN.findall((FOLDER / f"{source}.txt").read_text("utf-8"))}
        assert set(wanted(f"{source}.in")) <= pinned
    pinned = {name for name, _ in PIN.findall((FOLDER / "test.txt").read_text("utf-8"))}
    assert {*wanted("base.in"), *wanted("extras.in")} <= pinned


def test_the_locks_agree() -> None:
    """A package has one version in all of them."""
    versions: dict[str, set[str]] = {}
    for name in ("base.txt", "test.txt"):
        for package, version in PIN.findall((FOLDER / name).read_text("utf-8")):
            versions.setdefault(package, set()).add(version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def test_the_package_asks_for_the_same() -> None:
    """`pyproject.toml` reads the same file, so there is one list."""
    project = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))
    assert project["tool"]["setuptools"]["dynamic"]["dependencies"] == {"file": ["requirements/base.in"]}


def test_every_dependency_has_its_reason() -> None:
    """docs/architecture.md says of each what for, what it replaces, its last release and who keeps it."""
    text = Path("docs/architecture.md").read_text("utf-8")
    assert not row_faults(text, wanted("base.in"))
    pinned = dict(PIN.findall((FOLDER / "base.txt").read_text("utf-8")))
    told = {name: cells.split("|")[2] for name, cells in ROW.findall(text)}
    assert {name: pinned[name] for name in told if pinned[name] not in told[name]} == {}, "the version moved"


def test_the_checks_can_fail() -> None:
    """The control: a pin without hash, an address, a package without row, a row without package."""
    assert unhashed("a==1 \\\n    --hash=sha256:00\nb==2\n    # via a\n") == ["b"]
    for line in ("--index-url x", "-i x", "a @ file:x", "https://x", "-e git+ssh"):
        assert ADDRESS.search(f"\n{line}"), line
    table = "| `a` | x | y | 1 | z |\n| `c` | x | | 1 | z |"
    assert row_faults(table, ["a", "b"]) == ["b: no row", "c: not asked for", "c: an empty cell"]
