"""Passwords and PINs."""

import asyncio
import threading

import pytest

from zhizhao.trust import secret
from zhizhao.trust.errors import SecretMismatch, StoredSecretDamaged
from zhizhao.trust.file_provider import FileKeys
from zhizhao.trust.secret import hash_secret, needs_rehash, peppered, verify_secret

FULL_WIDTH = {ord("0") + digit: ord("\uff10") + digit for digit in range(10)}


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash with little memory; one test below states the real cost."""
    monkeypatch.setattr(secret, "MEMORY_KIB", 64)
    monkeypatch.setattr(secret, "PASSES", 1)


def test_the_real_cost() -> None:
    """At least the first choice of OWASP's table: 19 MiB, two passes."""
    text = "$argon2id$v=19$m=19456,t=2,p=1$" + "A" * 22 + "$" + "A" * 43
    assert secret._parameters(text) == (19_456, 2, 1)
    assert secret.LANES == 1


async def test_the_right_secret() -> None:
    """Stored with its parameters, and verified; two hashes of one secret differ."""
    stored = await hash_secret("271828")
    assert stored.startswith("$argon2id$v=19$m=64,t=1,p=1$")
    await verify_secret("271828", stored)
    assert stored != await hash_secret("271828")


@pytest.mark.parametrize("wrong", ["", "271829", "271828 ", "271828".translate(FULL_WIDTH), "x" * 2000])
async def test_a_wrong_secret(wrong: str) -> None:
    """Anything else is refused."""
    stored = await hash_secret("271828")
    with pytest.raises(SecretMismatch):
        await verify_secret(wrong, stored)


@pytest.mark.parametrize(
    "stored",
    [
        *("", "x", "271828", "$argon2i$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$" + "A" * 43),
        "$argon2id$v=16$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$" + "A" * 43,
        "$argon2id$v=19$m=9999999,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$" + "A" * 43,
        "$argon2id$v=19$m=64,t=999,p=1$AAAAAAAAAAAAAAAAAAAAAA$" + "A" * 43,
        "$argon2id$v=19$m=64,t=1,p=99$AAAAAAAAAAAAAAAAAAAAAA$" + "A" * 43,
        "$argon2id$v=19$m=1,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$" + "A" * 43,
        "$argon2id$v=19$m=64,t=0,p=0$AAAAAAAAAAAAAAAAAAAAAA$" + "A" * 43,
    ],
)
async def test_a_damaged_string(stored: str) -> None:
    """What is no Argon2id string, or asks for too much, is damage and never a match."""
    with pytest.raises(StoredSecretDamaged):
        await verify_secret("271828", stored)


async def test_needs_rehash(monkeypatch: pytest.MonkeyPatch) -> None:
    """An older cost is told, and still verifies."""
    stored = await hash_secret("x")
    assert not needs_rehash(stored)
    monkeypatch.setattr(secret, "PASSES", 2)
    assert needs_rehash(stored)
    await verify_secret("x", stored)


async def test_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A storm of log-ins hashes in one thread, one after another, off the event loop."""
    running, most, threads = 0, 0, set()
    lock = threading.Lock()
    plain = secret._hash

    def counted(data: bytes) -> str:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
            threads.add(threading.current_thread().name)
        made = plain(data)
        with lock:
            running -= 1
        return made

    monkeypatch.setattr(secret, "_hash", counted)
    await asyncio.gather(*(hash_secret(str(number)) for number in range(20)))
    assert most == 1
    assert len(threads) == 1
    assert threading.current_thread().name not in threads


def test_pepper(keys: FileKeys) -> None:
    """The same for the same PIN and kind, another for any other, and no PIN inside."""
    texts = {peppered(pin, keys=keys, kind=kind) for pin in ("271828", "314159") for kind in ("a", "b")}
    assert len(texts) == 4
    assert peppered("271828", keys=keys, kind="a") in texts
    assert not any("271828" in text for text in texts)
