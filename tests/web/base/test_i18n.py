"""Every text has its English, none is left over, and the fragments agree (UX.md §14)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from zhizhao.web.i18n import LOCALE, SOURCE, catalogue, gettext, ngettext, speaking

WEB = Path("src/zhizhao/web")
PYTHON = [*WEB.rglob("*.py"), *Path("src/zhizhao/app").glob("wire_*.py")]
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2), "marked": None}
FRAGMENTS = sorted((LOCALE / "en" / "LC_MESSAGES").glob("*.po"))


def texts_of(path: Path, method: str) -> Iterator[str]:
    """Return the source strings that a file marks."""
    options = {"extensions": "jinja2.ext.i18n", "newstyle_gettext": "true"}
    with path.open("rb") as file:
        for _, message, _, _ in extract(method, file, keywords=KEYWORDS, options=options):
            found = message[0] if isinstance(message, tuple) else message
            if found:
                yield found


def marked_texts() -> dict[str, str]:
    """Return every marked source string with the file it stands in."""
    found: dict[str, str] = {}
    for path in WEB.rglob("templates/**/*.html"):
        found |= dict.fromkeys(texts_of(path, "jinja2.ext:babel_extract"), str(path))
    for path in PYTHON:
        found |= dict.fromkeys(texts_of(path, "python"), str(path))
    return found


MARKED = marked_texts()


def gaps(marked: dict[str, str]) -> list[str]:
    """Return the texts that have no English."""
    english = catalogue("en")
    return sorted(f"{path}: {text}" for text, path in marked.items() if text not in english)


def test_every_text_has_its_english() -> None:
    """Add the missing ones to the door's own fragment, `locale/en/LC_MESSAGES/<door>.po`."""
    assert not gaps(MARKED)


def test_a_text_without_english_is_found() -> None:
    """The control: an unknown text is named with its file."""
    assert gaps({"这句话没有英文": "x.html"}) == ["x.html: 这句话没有英文"]


def test_no_entry_is_left_over() -> None:
    """An entry that no template and no code uses is removed."""
    assert sorted(set(catalogue("en")) - set(MARKED)) == []


def test_fragments_agree() -> None:
    """A text that two doors use has one English; each fragment is read without fuzzy entries."""
    seen: dict[str, tuple[object, str]] = {}
    clashes: list[str] = []
    for fragment in FRAGMENTS:
        with fragment.open("rb") as file:
            for message in read_po(file, locale="en"):
                key = message.id if isinstance(message.id, str) else message.id[0]
                if not key:
                    continue
                assert not message.fuzzy, key
                earlier = seen.setdefault(key, (message.string, fragment.name))
                if earlier[0] != message.string:
                    clashes.append(f"{key}: {earlier} / {(message.string, fragment.name)}")
    assert not clashes


def test_no_chinese_is_printed_outside_the_catalogue() -> None:
    """A template prints Chinese through `_()`, or says with `lang` that it is meant to stay (names, law)."""
    loose: list[str] = []
    for path in WEB.rglob("templates/**/*.html"):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            bare = _without_marked(line)
            if any("\u4e00" <= sign <= "\u9fff" for sign in bare) and "lang=" not in line:
                loose.append(f"{path}:{number}: {line.strip()[:100]}")
    assert not loose


def _without_marked(line: str) -> str:
    """Return a line of a template without comments and without what it marks for the catalogue."""
    for text in sorted(MARKED, key=len, reverse=True):
        line = line.replace(text, "")
    while "{#" in line and "#}" in line:
        line = line[: line.index("{#")] + line[line.index("#}") + 2 :]
    return "" if line.lstrip().startswith("{#") or line.rstrip().endswith("#}") else line


@pytest.mark.parametrize("text", sorted(MARKED)[:400])
def test_placeholders_survive(text: str) -> None:
    """The English names the same facts as the Chinese."""
    english = catalogue("en").get(text, text)
    forms = english if isinstance(english, tuple) else (english,)
    for form in forms:
        assert _names(form) <= _names(text) | {"num"}, text


def _names(text: str) -> set[str]:
    return {part.split(")")[0] for part in text.split("%(")[1:]}


def test_languages_do_not_leak() -> None:
    """The language belongs to the request that set it."""
    with speaking("en"):
        assert gettext("首页") == "Home"
        with speaking("xx"):
            assert gettext("首页") == "首页"
        assert gettext("首页") == "Home"
    assert gettext("首页") == "首页"


def test_numbers_choose_their_form() -> None:
    """Chinese has one form; an unknown text keeps its own."""
    with speaking(SOURCE):
        assert ngettext("%(num)s 张", "%(num)s 张", 2) == "2 张"
    with speaking("en"):
        assert ngettext("%(num)s cat", "%(num)s cats", 1) == "1 cat"
        assert ngettext("%(num)s cat", "%(num)s cats", 3) == "3 cats"
