"""Puts the small modules of one page into one file, so that a first visit asks for few files (PERFORMANCE.md §5).

The modules stay as they are written; this happens in memory when a page is first rendered. Each module becomes one
function, in the order in which its imports need it, and is run once. What it understands is what our modules use:
named imports, side-effect imports, exported declarations. A dynamic `import()` stays a file of its own.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

MOST: Final = 12
"""Most entries of one page."""
_IMPORT = re.compile(r"""^import\s+(?:\{([^}]*)\}\s+from\s+)?["']\./([\w-]+)\.js["'];?[ \t]*$""", re.MULTILINE)
_EXPORT = re.compile(r"^export\s+((?:async\s+)?function\*?|const|let|class)\s+(\w+)", re.MULTILINE)
_LEFT = re.compile(r"^(?:import\s*[\w{*\"']|export\b)", re.MULTILINE)
_TAG = re.compile(r"""[ \t]*<script type="module" src="/static/js/([\w-]+)\.[0-9a-f]{10}\.js"></script>\n?""")


class NotBundled(ValueError):
    """A module uses a form of import or export that the bundle does not understand, or imports itself."""


@dataclass
class _Bundle:
    read: Callable[[str], str]
    entries: frozenset[str]
    done: list[str] = field(default_factory=list)
    needed: set[str] = field(default_factory=set)
    parts: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, *, above: tuple[str, ...] = ()) -> None:
        """Add a module after what it imports."""
        if name in self.done:
            return
        if name in above:
            raise NotBundled(name, *above)
        text = self.read(name)
        for _, other in _IMPORT.findall(text):
            self.needed.add(other)
            self.add(other, above=(*above, name))
        self.parts[name] = _body(name, text)
        self.done.append(name)

    def text(self) -> str:
        """Return the whole file; a module that others need is awaited, a failing entry does not stop the others."""
        return "\n".join(self._wrapped(name) for name in self.done)

    def _wrapped(self, name: str) -> str:
        run = f"(async () => {{\n{self.parts[name]}\n}})()"
        if name in self.needed:
            return f"const {_name(name)} = await {run};"
        return f"{run}.catch(reportError);"


def bundle(entries: Sequence[str], read: Callable[[str], str]) -> str:
    """Return one script that does what the entries and their imports do; `read` gives a module's text by name.

    Raises NotBundled.
    """
    made = _Bundle(read=read, entries=frozenset(entries))
    for entry in entries:
        made.add(entry)
    return made.text()


def _name(module: str) -> str:
    return "m_" + module.replace("-", "_")


def _body(name: str, text: str) -> str:
    """Return a module's text with its imports and exports turned into constants and one result."""
    exported = [found[1] for found in _EXPORT.findall(text)]
    text = _IMPORT.sub(_as_constants, text)
    text = _EXPORT.sub(r"\1 \2", text)
    if left := _LEFT.search(text):
        raise NotBundled(name, text[left.start() :][:60])
    return f"{text}\nreturn {{ {', '.join(exported)} }};"


def _as_constants(found: re.Match[str]) -> str:
    if found[1] is None:
        return ""
    names = ", ".join(part.strip().replace(" as ", ": ") for part in found[1].split(",") if part.strip())
    return f"const {{ {names} }} = {_name(found[2])};"


def with_one_script(html: str, address: Callable[[tuple[str, ...]], str]) -> str:
    """Return the page with its module scripts replaced by one, where the last of them stood."""
    if 'type="module"' not in html:  # a page without a script is not searched at every blank
        return html
    entries = tuple(dict.fromkeys(_TAG.findall(html)))
    if not entries:
        return html
    last = list(_TAG.finditer(html))[-1].end()
    tag = f'<script type="module" src="{address(entries)}"></script>\n'
    return _TAG.sub("", html[:last]) + tag + html[last:]
