"""The relying parties' pages are true: the program runs as printed, routes and problems are those of the code."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar.handlers import HTTPRouteHandler

from factories.demo_server import DemoServer, running_demo
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


def run_program(
    demo: DemoServer, folder: Path, *, code: str, name: str, number: str
) -> subprocess.CompletedProcess[str]:
    """Run the guide's program as printed, in a folder of its own."""
    (program,) = PROGRAM.findall(GUIDE.read_text("utf-8"))
    client = demo.facts["clients"][0]
    given = {
        "SERVER": demo.base,
        "CLIENT_ID": client["client_id"],
        "CLIENT_SECRET": client["client_secret"],
        "CODE": code,
        "NAME": name,
        "ID_NUMBER": number,
        "PYTHONPATH": str(Path("client/src").resolve()),
        "PYTHONIOENCODING": "utf-8",
    }
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={**os.environ, **given},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


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
