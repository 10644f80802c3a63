"""The relying parties' pages are true: the program runs as printed, routes and problems are those of the code."""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from litestar.handlers import HTTPRouteHandler

from factories.demo_server import DemoServer, running_demo
from zhizhao.cli.main import root
from zhizhao.web.api.documents import API_PROBLEMS
from zhizhao.web.api.routes import handlers
from zhizhao.web.problems import PROBLEMS
from zhizhao_client.wallet import Wallet

GUIDE = Path("docs/guides/relying-party/api.md")
REFERENCE = Path("docs/api/relying-party.md")
PIN = "274916"
PROGRAM = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ROUTE = re.compile(r"`(GET|POST) (/[^`?\s]*)")
PROBLEM_ROW = re.compile(r"^\| `([a-z-]+)` \| (\d{3}) \|", re.MULTILINE)


def of_door() -> set[tuple[str, str]]:
    """Return method and path of every route of the API door that stands in its OpenAPI document."""
    routes = [handler for handler in handlers if isinstance(handler, HTTPRouteHandler) and handler.include_in_schema]
    return {
        (method, re.sub(r":\w+}", "}", path))
        for handler in routes
        for path in handler.paths
        for method in handler.http_methods - {"HEAD", "OPTIONS"}
    }


def problem_faults(text: str) -> list[str]:
    """Return which problems the table leaves out, invents or gives another status."""
    told = {code: int(status) for code, status in PROBLEM_ROW.findall(text)}
    wrong = {code for code, status in told.items() if code not in PROBLEMS or PROBLEMS[code].status != status}
    return sorted(wrong | set(API_PROBLEMS) - told.keys())


def test_the_reference_names_every_route() -> None:
    """Method and path of each, no other."""
    assert len(of_door()) > 8
    named = set(ROUTE.findall(REFERENCE.read_text("utf-8")))
    assert {(m, p) for m, p in named if p.startswith(("/api/", "/oauth/"))} == of_door()


def test_the_reference_names_every_problem() -> None:
    """Each code of the API with its status; the guide names only codes that exist."""
    assert problem_faults(REFERENCE.read_text("utf-8")) == []
    rows = [line for line in GUIDE.read_text("utf-8").splitlines() if line.startswith("| `")]
    told = {code for row in rows for code in re.findall(r"`([a-z-]+)`", row.split("|")[1])} - {"code"}
    assert told <= set(API_PROBLEMS)


def test_a_wrong_table_is_found() -> None:
    """The control: a wrong status, an invented code, and all that is left out."""
    found = problem_faults("| `code-used` | 410 | x |\n| `invented` | 400 | x |\n| `code-expired` | 410 | x |")
    assert {"code-used", "invented", "code-unknown"} <= set(found)
    assert "code-expired" not in found


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoServer]:
    """Give a running demonstration."""
    with running_demo(tmp_path_factory.mktemp("guide")) as server:
        yield server


def run_printed(number: int, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run one of the guide's programs as printed, in a folder of its own: 0 redeems, 1 makes keys, 2 uses them."""
    redeem, make_keys, use_keys = PROGRAM.findall(GUIDE.read_text("utf-8"))
    program = (redeem, make_keys, use_keys)[number]
    path = {"PYTHONPATH": str(Path("client/src").resolve()), "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={**os.environ, **path, **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def run_program(
    demo: DemoServer, folder: Path, *, code: str, name: str, number: str
) -> subprocess.CompletedProcess[str]:
    """Run the program that redeems."""
    client = demo.facts["clients"][0]
    given = {
        "SERVER": demo.base,
        "CLIENT_ID": client["client_id"],
        "CLIENT_SECRET": client["client_secret"],
        "CODE": code,
        "NAME": name,
        "ID_NUMBER": number,
    }
    return run_printed(0, folder, **given)


@pytest.mark.slow
def test_the_program_runs_as_printed(demo: DemoServer, tmp_path: Path) -> None:
    """From a shown code to receipt, archive copy, proof and holder; the same program tells a used code."""
    person = demo.holder(0)
    uscc = person["legal_representative_of"][0]
    wallet = Wallet(demo.base, tmp_path / "wallet")
    wallet.enrol(person["slip"], person["id_number"], PIN)
    wallet.download(uscc)
    code = wallet.show(uscc)["code"]
    wallet.close()
    done = run_program(demo, tmp_path, code=code, name=person["name"], number=person["id_number"])
    assert done.returncode == 0, done.stderr
    assert uscc in done.stdout
    assert "本人： True" in done.stdout
    assert "账本：第" in done.stdout
    assert (tmp_path / "licence.pdf").read_bytes().startswith(b"%PDF-")
    malformed = run_program(demo, tmp_path, code="123", name=person["name"], number=person["id_number"])
    assert malformed.returncode == 1
    assert malformed.stderr.startswith("code-malformed: ")


@pytest.mark.slow
def test_the_keys_open_as_printed(demo: DemoServer, tmp_path: Path) -> None:
    """Make the keys, register the public one by the printed command, ask with the private one; others stay outside."""
    made = run_printed(1, tmp_path)
    assert made.returncode == 0, made.stderr
    assert (tmp_path / "private.pem").stat().st_mode & 0o077 == 0
    assert "d" not in json.loads((tmp_path / "public.jwks").read_text())["keys"][0]
    assert run_printed(1, tmp_path).returncode != 0, "a key that is in use was written over"
    (command,) = re.findall(r"^zhizhao (client add .*)$", GUIDE.read_text("utf-8"), re.MULTILINE)
    words = command.replace("public.jwks", str(tmp_path / "public.jwks")).split()
    config = str(demo.folder / "zhizhao.toml")
    added = CliRunner().invoke(root, ["--config", config, "--json", *words], catch_exceptions=False)
    assert added.exit_code == 0, added.output
    facts = json.loads(added.stdout)
    assert "client_secret" not in facts
    given = {"SERVER": demo.base, "CLIENT_ID": facts["client_id"]}
    used = run_printed(2, tmp_path, **given)
    assert used.returncode == 0, used.stderr
    assert used.stdout.startswith("食品经营许可系统")
    (tmp_path / "private.pem").unlink()
    assert run_printed(1, tmp_path).returncode == 0
    assert "invalid_client" in run_printed(2, tmp_path, **given).stderr  # the control: another private key


def test_the_client_names_what_it_needs() -> None:
    """It installs alone: its own project file names exactly the libraries it imports, and none of the platform."""
    needed = {
        name.split(".")[0]
        for file in Path("client/src").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        for name in imported(node)
    }
    project = tomllib.loads(Path("client/pyproject.toml").read_text("utf-8"))["project"]
    named = {re.split(r"[^\w-]", entry)[0] for entry in project["dependencies"]}
    assert needed - set(sys.stdlib_module_names) - {"zhizhao_client"} == named
    assert project["version"] == tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]["version"]


def imported(node: ast.AST) -> list[str]:
    """Return the modules that a statement imports."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []
