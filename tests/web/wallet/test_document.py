"""The written contract says what the routes are and which refusals there are; neither may drift."""

import json
import re
from pathlib import Path

import zhizhao.wallet.errors
from zhizhao.kernel.errors import ZhizhaoError
from zhizhao.web.problems import PROBLEMS
from zhizhao.web.wallet.api.document import _document

PAGE = Path("docs/api/wallet.md").read_text("utf-8")
ROUTE = re.compile(r"^\| `(GET|POST) (/[^`]+)` \| (nothing|key|device|unlocked|device or unlocked) \|", re.MULTILINE)
WINDOW_ONLY = {"person-unknown", "unsafe-stand-in", "person-name-differs"}
"""Codes that only the window's pages or the start of the program can meet."""


def test_routes() -> None:
    """The page's table and the OpenAPI document name the same operations and ask for the same proof."""
    schema = json.loads(_document("http://localhost:8420"))
    served = {
        (method.upper(), path.removeprefix("/wallet/api")): {name for need in operation["security"] for name in need}
        for path, item in schema["paths"].items()
        for method, operation in item.items()
    }
    asked = {"nothing": set(), "key": {"proof"}}
    written = {(method, path): asked.get(level, {"proof", "token"}) for method, path, level in ROUTE.findall(PAGE)}
    assert written == served


def test_refusals() -> None:
    """Every refusal of the wallet has its line, with the status that is really sent."""
    own = {error.code for error in vars(zhizhao.wallet.errors).values() if _is_error(error)} - WINDOW_ONLY
    table = PAGE.split("## Refusals")[1].split("## A whole way")[0]
    told = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", table))
    assert own <= told, own - told
    assert {code for code in told if code in PROBLEMS} >= own
    for codes, statuses in re.findall(r"^\| ((?:`[a-z-]+` ?)+) \| (\d{3}) \|", table, re.MULTILINE):
        for code in re.findall(r"`([a-z-]+)`", codes):
            assert PROBLEMS[code].status == int(statuses), code


def test_examples_name_real_fields() -> None:
    """Every key of the examples is a field of some body."""
    schemas = json.loads(_document("http://localhost:8420"))["components"]["schemas"]
    known = {field for schema in schemas.values() for field in schema.get("properties", {})}
    for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL):
        assert set(re.findall(r'"([a-z_]+)":', block)) <= known


def _is_error(found: object) -> bool:
    return isinstance(found, type) and issubclass(found, ZhizhaoError) and found is not ZhizhaoError
