"""Passwords and PINs as Argon2id strings (RFC 9106), hashed in a thread, one at a time per process.

Workers are as many as cores (PERFORMANCE.md §3), so a storm of log-ins takes at most one hash per core at a time and
cannot starve verification.
"""

import asyncio
import os
import re
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import Final, TypeVar

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from zhizhao.trust.errors import SecretMismatch, StoredSecretDamaged
from zhizhao.trust.keys import KeyProvider, Purpose

Result = TypeVar("Result")

MEMORY_KIB: Final = 19_456
PASSES: Final = 2
LANES: Final = 1
SALT_BYTES: Final = 16
HASH_BYTES: Final = 32
MOST_MEMORY_KIB: Final = 1 << 18
MOST_PASSES: Final = 16
MOST_LANES: Final = 16
LONGEST_SECRET: Final = 1024
_PHC: Final = re.compile(
    r"\$argon2id\$v=19\$m=(?P<m>[0-9]{1,7}),t=(?P<t>[0-9]{1,3}),p=(?P<p>[0-9]{1,3})"
    r"\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{22,86}"
)


async def hash_secret(text: str) -> str:
    """Return the PHC string of a secret: parameters, salt and hash."""
    return await _in_turn(partial(_hash, _bytes(text)))


async def verify_secret(text: str, stored: str) -> None:
    """Return if the secret is the stored one. Raises SecretMismatch, StoredSecretDamaged."""
    _parameters(stored)
    await _in_turn(partial(_verify, _bytes(text), stored))


def needs_rehash(stored: str) -> bool:
    """Return whether the string was made with other parameters than today's. Raises StoredSecretDamaged."""
    return _parameters(stored) != (MEMORY_KIB, PASSES, LANES)


def peppered(text: str, *, keys: KeyProvider, kind: str) -> str:
    """Return the secret behind a MAC of our own key, to be hashed in its place.

    A six-digit PIN has a million candidates: without this, whoever copies the database tries them all in hours.
    """
    data = f"pepper.{len(kind)}.{kind}{text}".encode()
    return keys.mac(keys.current(Purpose.LOOKUP), Purpose.LOOKUP, data).hex()


def _bytes(text: str) -> bytes:
    data = text.encode()
    if len(data) > LONGEST_SECRET:
        raise SecretMismatch(reason="longer than any secret")
    return data


def _parameters(stored: str) -> tuple[int, int, int]:
    """Return memory, passes and lanes, within bounds that cannot exhaust the machine."""
    read = _PHC.fullmatch(stored)
    if read is None:
        raise StoredSecretDamaged(reason="form")
    memory, passes, lanes = int(read["m"]), int(read["t"]), int(read["p"])
    if memory > MOST_MEMORY_KIB or passes > MOST_PASSES or lanes > MOST_LANES:
        raise StoredSecretDamaged(reason="cost")
    return memory, passes, lanes


def _hash(data: bytes) -> str:
    kdf = Argon2id(
        salt=os.urandom(SALT_BYTES), length=HASH_BYTES, iterations=PASSES, lanes=LANES, memory_cost=MEMORY_KIB
    )
    return kdf.derive_phc_encoded(data)


def _verify(data: bytes, stored: str) -> None:
    try:
        Argon2id.verify_phc_encoded(data, stored)
    except InvalidKey as cause:
        raise SecretMismatch from cause
    except ValueError as cause:
        raise StoredSecretDamaged(reason="parameters") from cause


@cache
def _one_thread() -> ThreadPoolExecutor:
    """Return the only thread of this process that hashes."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="argon2id")


async def _in_turn(work: partial[Result]) -> Result:
    return await asyncio.get_running_loop().run_in_executor(_one_thread(), work)
