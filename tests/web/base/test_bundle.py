"""One file a page for the small modules: each runs once, in the order its imports need (PERFORMANCE.md §5)."""

import re
from pathlib import Path

import pytest

from factories.browser import running_browser
from zhizhao.web.assets import FOLDER, KEPT_BUNDLES, Assets
from zhizhao.web.bundle import NotBundled, bundle, with_one_script

APART = {"wallet-sw", "scanner-worker", "old-browser"}
"""Scripts that no page loads as a module."""
MODULES = sorted(path.stem for path in (FOLDER / "js").glob("*.js") if path.stem not in APART)

TRIAL = {
    "base": 'export const said = [];\nexport function say(word) {\n  said.push(word);\n}\nsay("base");\n',
    "left": 'import { say } from "./base.js";\nexport class Left {}\nsay("left");\n',
    "right": 'import { say as tell, said } from "./base.js";\nimport "./left.js";\ntell("right");\n'
    "window.said = said;\n",
    "broken": 'import { said } from "./base.js";\nsaid.push("broken");\nthrow new Error("broken on purpose");\n',
    "slow": 'import { say } from "./base.js";\nawait new Promise(() => {});\nsay("never");\n',
    "circle": 'import "./round.js";\n',
    "round": 'import "./circle.js";\n',
    "star": 'import * as base from "./base.js";\n',
    "listed": "const a = 1;\nexport { a };\n",
}


@pytest.mark.browser
def test_modules_run_once_and_in_order() -> None:
    """A shared module runs once; a failing or a waiting entry does not stop the others."""
    text = bundle(["slow", "broken", "right", "left"], TRIAL.__getitem__)
    with running_browser() as browser:
        page = browser.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto("about:blank")
        page.add_script_tag(content=text, type="module")
        page.wait_for_function("window.said")
        assert page.evaluate("window.said") == ["base", "broken", "left", "right"]
        assert any("broken on purpose" in error for error in errors)


@pytest.mark.parametrize("name", ["circle", "star", "listed"])
def test_what_it_does_not_understand_is_refused(name: str) -> None:
    """A form that our modules do not use is named, not guessed."""
    with pytest.raises(NotBundled):
        bundle([name], TRIAL.__getitem__)


@pytest.mark.parametrize("name", MODULES)
def test_every_module_of_ours_can_be_bundled(name: str) -> None:
    """None uses another form, and nothing of a module's own text is lost."""
    text = bundle([name], Assets()._module)
    assert not re.search(r"^(import|export)\b", text, re.MULTILINE)
    own = (FOLDER / f"js/{name}.js").read_text("utf-8")
    for line in own.splitlines():
        if not line.startswith(("import", "export")):
            assert line in text


def test_a_page_gets_one_script() -> None:
    """Tags of modules become one, where the last stood; other scripts stay."""
    assets = Assets()
    tags = [f'<script type="module" src="{assets.url(f"js/{name}.js")}"></script>' for name in ("beep", "keys")]
    classic = '<script src="/static/vendor/htmx.js" defer></script>'
    html = f"<head>\n{tags[0]}\n{classic}\n{tags[1]}\n{tags[0]}\n<title>x</title></head>"
    made = with_one_script(html, assets.bundle)
    assert made.count('type="module"') == 1
    assert assets.bundle(("beep", "keys")) in made
    assert made.index(classic) < made.index('type="module"') < made.index("<title>")
    assert with_one_script("<p>nothing</p>", assets.bundle) == "<p>nothing</p>"


def test_strangers_cannot_fill_the_memory() -> None:
    """Only names of modules, each once, a few at a time; what is kept is bounded."""
    assets = Assets()
    for name in ("bundle/none.js", "bundle/beep+beep.js", "bundle/../x.js", "bundle/.js", "bundle/beep.css"):
        with pytest.raises(KeyError):
            assets.asset(name)
    with pytest.raises(KeyError):
        assets.asset(f"bundle/{'+'.join(MODULES[:13])}.js")
    for first in MODULES:
        for second in MODULES:
            if first != second:
                assets.asset(f"bundle/{first}+{second}.js")
    assert len(assets._bundles) <= KEPT_BUNDLES


def test_a_bundle_keeps_hashed_addresses(tmp_path: Path) -> None:
    """A dynamic import inside it leads to a hashed file; another process makes the same address."""
    (tmp_path / "js").mkdir()
    (tmp_path / "js/a.js").write_text('const later = () => import("./b.js");\n')
    (tmp_path / "js/b.js").write_text("export const b = 1;\n")
    first, second = Assets(tmp_path), Assets(tmp_path)
    assert first.bundle(("a",)) == second.bundle(("a",))
    assert re.search(rb'import\("/static/js/b\.[0-9a-f]{10}\.js"\)', first.asset("bundle/a.js").body)
