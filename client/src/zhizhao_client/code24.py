"""The 24-digit presentation code: kind, 20 random digits, two check digits by ISO/IEC 7064 MOD 97-10."""

import unicodedata

LENGTH = 24
KINDS = frozenset({"01"})


def is_code(text: str) -> bool:
    """Say whether a scanned text is a presentation code with good check digits; blanks and full width are fine."""
    digits = "".join(unicodedata.normalize("NFKC", text).split())
    if len(digits) != LENGTH or not digits.isascii() or not digits.isdigit() or digits[:2] not in KINDS:
        return False
    return int(digits[22:]) == 98 - int(digits[:22]) * 100 % 97
