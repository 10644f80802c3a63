"""Static files: hashed names, a year, compressed once, the right types; other people's files unchanged."""

import gzip
import hashlib
import re
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from zhizhao.web.assets import FOLDER, TYPES, Assets

ASSETS = Assets()


def test_every_file_is_served_under_its_hash(client: TestClient[Litestar]) -> None:
    """The address says the content; the type is right; gzip gives the same bytes."""
    for name in ASSETS.names():
        asset = ASSETS.asset(name)
        answer = client.get(asset.url)
        assert answer.status_code == 200, name
        assert answer.content == asset.body, name
        assert answer.headers["content-type"].split(";")[0] == TYPES["." + name.rsplit(".", 1)[1]].split(";")[0]
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["vary"] == "accept-encoding"
        assert hashlib.sha256(asset.body).hexdigest().startswith(asset.digest)


def test_compression_is_chosen_by_the_browser(client: TestClient[Litestar]) -> None:
    """Plain without the header, packed with it."""
    asset = ASSETS.asset("css/zhizhao.css")
    plain = client.get(asset.url, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert asset.packed is not None
    assert gzip.decompress(asset.packed) == asset.body
    assert len(asset.packed) < len(asset.body) / 3


@pytest.mark.parametrize(
    "path",
    [
        "/static/css/none.css",
        "/static/css/zhizhao.0000000000.css",
        "/static/../web/pages.py",
        "/static/%2e%2e/pages.py",
        "/static/css/../../pages.py",
        "/static/vendor/VENDOR.md",
        "/static/",
        "/static/css",
    ],
)
def test_nothing_else_is_served(client: TestClient[Litestar], path: str) -> None:
    """A wrong hash, a way out of the folder, a file of another type: not found."""
    assert client.get(path).status_code in {404, 405}


def test_a_module_imports_hashed_modules() -> None:
    """What a script or a sheet refers to is written with its hash, so nothing can be stale."""
    for name in ASSETS.names():
        if name.startswith("vendor/") or not name.endswith((".js", ".css")):
            continue
        text = ASSETS.asset(name).body.decode()
        for target in re.findall(r"(?:from|import)\s*\(?\s*[\"'](/static/[^\"']+)|url\([\"']?(/static/[^)\"']+)", text):
            address = next(filter(None, target))
            assert re.search(r"\.[0-9a-f]{10}\.[a-z]+$", address), (name, address)
        assert not re.search(r"(?:from|import)\s*\(?\s*[\"']\.{1,2}/", text), name


def test_a_missing_file_is_a_defect_at_once(tmp_path: Path) -> None:
    """A template that names a file that is not there fails when it is rendered, not silently in the browser."""
    with pytest.raises(KeyError):
        Assets(tmp_path).url("js/none.js")
    (tmp_path / "a.js").write_text('import "./b.js";')
    with pytest.raises(KeyError):
        Assets(tmp_path).url("a.js")


def test_vendored_files_are_unchanged() -> None:
    """Each file of other people is listed with its SHA-256, and each listed file is there."""
    table = (FOLDER / "vendor/VENDOR.md").read_text("utf-8")
    listed = dict(re.findall(r"\| `([^`]+)` \|.*\| `([0-9a-f]{64})` \|", table))
    present = {path.name for path in (FOLDER / "vendor").iterdir()} - {"VENDOR.md", "LICENCES.txt"}
    assert set(listed) == present
    for name, digest in listed.items():
        assert hashlib.sha256((FOLDER / "vendor" / name).read_bytes()).hexdigest() == digest, name


def test_no_style_and_no_script_is_inline() -> None:
    """The strict policy forbids them; a template that holds one breaks in the browser."""
    for path in Path("src/zhizhao/web/templates").rglob("*.html"):
        text = path.read_text("utf-8")
        assert not re.search(r"\sstyle\s*=", text), path
        assert "<style" not in text, path
        assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), path
        for script in re.findall(r"<script[^>]*>", text):
            assert "src=" in script, (path, script)


def test_modules_are_small() -> None:
    """Under 200 lines each (UX.md §2)."""
    for path in (FOLDER / "js").rglob("*.js"):
        assert len(path.read_text("utf-8").splitlines()) < 200, path
