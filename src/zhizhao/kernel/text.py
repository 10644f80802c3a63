"""What a name or another text may hold; the one filter of import, API and form (SECURITY.md §3.11).

Names are kept as registered, in NFC. Refused: controls, bidirectional marks, overrides and isolates, zero-width
characters where no script needs them, private-use, unassigned and surrogate code points. Rare Han of plane 2 and up
stays intact. Look-alikes are warned about, never changed.
"""

import re
import unicodedata

from zhizhao.kernel.errors import TextRefused

_BLANKS = re.compile(r"[\s\u00ad\u034f\u180e\u200b-\u200d\u2060-\u2064\ufeff-]+|[\u2010-\u2015\u2212]+")
_LINE_BREAKS = re.compile(
    r"[\t\r\n\v\f\u0085\u2028\u2029 ]*[\t\r\n\v\f\u0085\u2028\u2029][\t\r\n\v\f\u0085\u2028\u2029 ]*"
)
# What nearly every registered text is made of: a text of these alone needs no second look.
_PLAIN = re.compile(r"[ -~\u3001-\u3011\u4e00-\u9fa5\uff01-\uff5e\u00b7\u2014\u2018-\u201d]+")
_ENDS = " \u3000\u00a0"
_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE = frozenset("\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u2028\u2029\u3164\uffa0")
_JOINERS = frozenset("\u200c\u200d")
_JOINING_SCRIPTS = ("ARABIC ", "SYRIAC ", "MONGOLIAN ", "DEVANAGARI ", "BENGALI ", "TIBETAN ", "TAMIL ", "SINHALA ")
_FORMULA_STARTS = frozenset({"=", "+", "-", "@", "\t", "\r", "\n", "\u2212"})
_COMBINING_RUN = 4
"""More marks on one letter than any script uses are a way to paint over the neighbours."""

# Han that the Unicode data of this Python may not know yet: extensions B to J fill these planes (Unicode 17).
_RARE_HAN = (0x20000, 0x3347F)
_HAN = re.compile("[\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003347f]")
_TELLING = re.compile(
    "[A-Za-z\u00aa-\u024f\u0370-\u052f\u1d00-\u1fff\u2c60-\u2c7f\u2e80-\u2fd5\ua640-\uab6f\uff21-\uff5a]"
)
"""Letters beside Han that can pass for others, and radicals; most names have none."""
_RADICALS = re.compile("[\u2e80-\u2fd5]")


def squeeze(text: str, *, upper: bool = False) -> str:
    """Return a number or code in NFKC without blanks, hyphens and zero-width characters."""
    if not (text.isascii() and text.isalnum()):
        text = _BLANKS.sub("", unicodedata.normalize("NFKC", text))
    return text.upper() if upper else text


def comparable(text: str) -> str:
    """Return the form in which two names are compared and searched: NFKC, no blanks, case folded (DOMAIN.md §7.3)."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text)).casefold()


def clean_name(text: str, *, longest: int) -> str:
    """Return a name or another one-line text in NFC, without blanks at its ends.

    `longest` counts characters (code points). Raises TextRefused with the reason (`empty`, `too-long`, `control`,
    `direction`, `zero-width`, `private-use`, `unassigned`, `surrogate`, `marks`) and the first bad character.
    """
    text = text.strip(_ENDS)
    return text if _is_plain(text, longest=longest) else _clean(text, longest=longest)


def clean_text(text: str, *, longest: int) -> str:
    """Return a longer text as `clean_name` does, with each line break inside it read as one blank."""
    text = text.strip()
    if _is_plain(text, longest=longest):
        return text
    if len(text) <= longest * 2:
        text = _LINE_BREAKS.sub(" ", text)
    return _clean(text.strip(_ENDS), longest=longest)


def _is_plain(text: str, *, longest: int) -> bool:
    return len(text) <= longest and _PLAIN.fullmatch(text) is not None


def _clean(text: str, *, longest: int) -> str:
    if not text:
        raise TextRefused(reason="empty", character=None)
    if len(text) > longest * 2:
        raise TextRefused(reason="too-long", character=None, longest=longest)
    _look_at_each(text)
    text = unicodedata.normalize("NFC", text)
    if len(text) > longest:
        raise TextRefused(reason="too-long", character=None, longest=longest)
    return text


def _look_at_each(text: str) -> None:
    marks = 0
    for place, character in enumerate(text):
        category = unicodedata.category(character)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        reason = "marks" if marks > _COMBINING_RUN else _refusal(text, place, category=category)
        if reason is not None:
            raise TextRefused(reason=reason, character=f"U+{ord(character):04X}", position=place + 1)


def _refusal(text: str, place: int, *, category: str) -> str | None:
    """Return why this character may not stand here, None when it may."""
    character = text[place]
    if character in _DIRECTIONS:
        return "direction"
    if character in _INVISIBLE or (category == "Cf" and character not in _JOINERS):
        return "zero-width"
    if character in _JOINERS:
        return None if _joins(text, place) else "zero-width"
    if category == "Mn" and unicodedata.name(character, "").startswith("VARIATION SELECTOR"):
        return None if place and _HAN.match(text[place - 1]) and ord(character) >= 0xE0100 else "zero-width"  # noqa: PLR2004 first ideographic selector
    if category == "Cn" and _RARE_HAN[0] <= ord(character) <= _RARE_HAN[1]:
        return None
    return {"Cc": "control", "Cs": "surrogate", "Co": "private-use", "Cn": "unassigned"}.get(category)


def _joins(text: str, place: int) -> bool:
    """Say whether a joiner stands between two letters of a script that writes with joiners."""
    around = text[place - 1 : place] + text[place + 1 : place + 2]
    return len(around) == 2 and all(unicodedata.name(c, "").startswith(_JOINING_SCRIPTS) for c in around)  # noqa: PLR2004 one on each side


def mask_name(name: str) -> str:
    """Return the first character and a star, `张*`: how a person's name goes to those who need no more."""
    return f"{name[:1]}*"


def formula_safe(text: str) -> str:
    """Return the text as a CSV cell that no spreadsheet program takes for a formula (SECURITY.md §3.11)."""
    first = unicodedata.normalize("NFKC", text.strip(_ENDS)[:1])
    return f"'{text}" if first in _FORMULA_STARTS and text else text


def lone_latin_lookalikes(text: str) -> tuple[int, ...]:
    """Return the places, from 0, of characters that pass for another: a page marks them, nothing changes them.

    Told: one Latin, Greek or Cyrillic letter alone beside Han (`工商I银行`), Greek or Cyrillic letters beside
    Latin ones, and Kangxi or CJK radicals that look like whole characters. Runs of Latin letters (`ABC公司`) are names.
    """
    found: list[int] = []
    if not _TELLING.search(text):
        return ()
    for place, character in enumerate(text):
        if _RADICALS.match(character):
            found.append(place)
        elif character.isalpha() and (script := _script(character)):
            before, after = text[place - 1 : place], text[place + 1 : place + 2]
            scripts = {_script(before), _script(after)}
            alone = not scripts & {"LATIN", "GREEK", "CYRILLIC"} and bool(_HAN.match(before) or _HAN.match(after))
            mixed = script != "LATIN" and "LATIN" in scripts
            if alone or mixed:
                found.append(place)
    return tuple(found)


def _script(character: str) -> str | None:
    """Return LATIN, GREEK or CYRILLIC; full-width Latin counts as Latin; None for everything else."""
    if not character or not character.isalpha():
        return None
    name = unicodedata.name(unicodedata.normalize("NFKC", character)[0], "")
    return next((script for script in ("LATIN", "GREEK", "CYRILLIC") if name.startswith(f"{script} ")), None)


__all__ = [
    "TextRefused",
    "clean_name",
    "clean_text",
    "comparable",
    "formula_safe",
    "lone_latin_lookalikes",
    "mask_name",
    "squeeze",
]
