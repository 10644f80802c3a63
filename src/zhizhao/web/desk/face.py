"""The face as the desk shows it: the granted fields in the order in which forms ask for them, each with a copy key."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from zhizhao.licence.face import LicenceFace

FIRST: Final = ("name", "uscc", "entity_type", "legal_representative")
LAST: Final = ("scope",)
AROUND: Final = ("uscc", "registrar", "issued_on")
WIDE_FROM: Final = 34
"""Width from which a text takes the whole row; a Han character counts two."""
KEYS: Final = "1234567890"


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceLine:
    """One line of the face panel."""

    field: str
    label: str
    text: str
    key: str
    """Alt and this digit copy the text; empty beyond the tenth line."""
    is_wide: bool


def face_lines(face: LicenceFace, fields: Sequence[str]) -> list[FaceLine]:
    """Return the granted lines; a field that the face does not have is left out, never shown empty."""
    granted = set(fields)
    texts = {item.field: (item.label, item.text) for item in face.items if item.field in granted}
    around = {
        "uscc": ("统一社会信用代码", face.uscc),
        "registrar": ("登记机关", face.registrar),
        "issued_on": ("登记日期", face.made_on_text),
    }
    texts |= {name: around[name] for name in AROUND if name in granted and name not in texts}
    order = sorted(texts, key=lambda name: _place(name, list(texts)))
    return [
        FaceLine(
            field=name,
            label=texts[name][0],
            text=texts[name][1],
            key=KEYS[number] if number < len(KEYS) else "",
            is_wide=name == "name" or name in LAST or _width(texts[name][1]) > WIDE_FROM,
        )
        for number, name in enumerate(order)
    ]


def _width(text: str) -> int:
    return sum(1 if sign.isascii() else 2 for sign in text)


def _place(name: str, printed: list[str]) -> tuple[int, int]:
    if name in FIRST:
        return (0, FIRST.index(name))
    return (2 if name in LAST else 1, printed.index(name))
