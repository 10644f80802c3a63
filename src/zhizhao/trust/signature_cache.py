"""Remembers that bytes carried a good signature, never that they were accepted (PERFORMANCE.md §3.4).

That these bytes were signed by this key stays true; whether the key still counts, the token has expired or the
licence is in force is asked again each time by the caller.
"""

import hashlib
from collections import OrderedDict
from threading import Lock

ENTRIES = 20_000  # about 3 MiB: a digest, a kid and an epoch each


class SignatureCache:
    """A bounded memory of good signatures, least recently used out first; safe between threads."""

    def __init__(self, *, entries: int = ENTRIES) -> None:
        self._entries = entries
        self._seen: OrderedDict[bytes, None] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        """Return how many signatures are remembered."""
        return len(self._seen)

    @staticmethod
    def key(signed: bytes, *, kid: str, epoch: int) -> bytes:
        """Return the entry's name: SHA-256 of message and signature as received, kid and epoch."""
        return hashlib.sha256(signed).digest() + f"{epoch}:{kid}".encode()

    def holds(self, key: bytes) -> bool:
        """Return whether this signature was seen good, and keep it longer."""
        with self._lock:
            if key not in self._seen:
                return False
            self._seen.move_to_end(key)
            return True

    def remember(self, key: bytes) -> None:
        """Note a signature that has just been verified."""
        with self._lock:
            self._seen[key] = None
            if len(self._seen) > self._entries:
                self._seen.popitem(last=False)
