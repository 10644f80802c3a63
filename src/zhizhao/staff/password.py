"""What a password must be (NIST SP 800-63B §3.1.1: length and a list of known ones, no rules of composition)."""

import secrets
import unicodedata

from zhizhao.staff.errors import PasswordWeak

SHORTEST = 10
LONGEST = 128
LEAST_DIFFERENT = 5
# The heads of the published lists of stolen passwords, and what people of this field would think of first.
KNOWN = (
    "password", "123456", "qwert", "asdf", "zxcv", "111111", "000000", "abc123", "letmein", "admin", "welcome",
    "iloveyou", "woaini", "5201314", "zhizhao", "yingyezhizhao", "jining", "p@ssw0rd",
)  # fmt: skip
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without i, l, o, 0, 1, which people mistake for each other
GENERATED_GROUPS = 4
GROUP = 5


def normal(text: str) -> str:
    """Return a password in the form in which it is hashed and compared: NFC, so that keyboards do not matter."""
    return unicodedata.normalize("NFC", text)


def check_new_password(text: str, username: str) -> str:
    """Return the password in NFC, ready to be hashed. Raises PasswordWeak(reason=short|long|plain|known|own_name)."""
    password = normal(text)
    if len(password) < SHORTEST:
        raise PasswordWeak(reason="short")
    if len(password) > LONGEST:
        raise PasswordWeak(reason="long")
    if len(set(password)) < LEAST_DIFFERENT:
        raise PasswordWeak(reason="plain")
    small = password.lower()
    if username in small:
        raise PasswordWeak(reason="own_name")
    for known in KNOWN:
        if known in small and len(password) - len(known) < SHORTEST:
            raise PasswordWeak(reason="known")
    return password


def generate_password() -> str:
    """Return a random password that can be read aloud: four groups of five, about 99 bits."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GENERATED_GROUPS))
    return "-".join(groups)
