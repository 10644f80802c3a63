"""The presentation code (出示码): 24 digits, `VV` kind + 20 random + `CC` check (INTERFACES.md §3).

A wire format: shown as Code 128-C and as a QR of the same digits. The first two digits say the kind and therefore how
the rest is read; a new form is a new kind, and the digits of a kind that was ever shown never change their meaning.
`CC` is ISO/IEC 7064 MOD 97-10 over the first 22. It catches every single wrong digit and every swap of two neighbours;
1 random string in 97 passes, so it is no security check: the 20 random digits are.
"""

import re
import secrets
import unicodedata

from zhizhao.kernel.errors import CodeMalformed

ONLINE = "01"
"""A ticket kept by the server. `02` is reserved for a code that a phone makes without network."""
KINDS = frozenset({ONLINE})
LENGTH = 24
LONGEST_INPUT = 128
"""Characters looked at; a scanner's tail and a person's blanks fit many times."""
_BLANKS = re.compile(r"[\s\u200b\u2060\ufeff-]+")


def check_digits(body: str) -> str:
    """Return the two check digits for 22 digits: `98 - n*100 mod 97` (ISO/IEC 7064, MOD 97-10), 02 to 98."""
    return f"{98 - int(body) * 100 % 97:02d}"


def new_code(kind: str = ONLINE) -> str:
    """Return a fresh code: 20 digits from the system's random source, 66 bits. Raises CodeMalformed: unknown kind."""
    if kind not in KINDS:
        raise CodeMalformed(reason="kind")
    body = f"{kind}{secrets.randbelow(10**20):020d}"
    return body + check_digits(body)


def parse_code(text: str) -> str:
    """Return the 24 digits of what a scanner or a person put in.

    Spaces, hyphens, a trailing CR, TAB or LF and full-width digits are tolerated. Raises CodeMalformed and nothing
    else, whatever the text.
    """
    if len(text) > LONGEST_INPUT:
        raise CodeMalformed(reason="length")
    code = _BLANKS.sub("", unicodedata.normalize("NFKC", text))
    if len(code) != LENGTH:
        raise CodeMalformed(reason="length")
    if not (code.isascii() and code.isdigit()):
        raise CodeMalformed(reason="digits")
    if code[:2] not in KINDS:
        raise CodeMalformed(reason="kind")
    if check_digits(code[:22]) != code[22:]:
        raise CodeMalformed(reason="check")
    return code


def in_fours(code: str) -> str:
    """Return the digits in groups of four, as they are read aloud."""
    return " ".join(code[i : i + 4] for i in range(0, len(code), 4))


__all__ = ["KINDS", "ONLINE", "CodeMalformed", "check_digits", "in_fours", "new_code", "parse_code"]
