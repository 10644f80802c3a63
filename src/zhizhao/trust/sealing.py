"""Sealed columns and their equality look-ups (SECURITY.md §3.6.3).

A value is sealed with AES-256-GCM under a data key of this process, which the provider has wrapped; the wrapped data
key travels in the envelope, so that any process can open it. Table, column and row are authenticated: a value copied
to another place does not open. Look-ups are HMACs under a key of their own, because an ID number has only about 10¹¹
candidates and a plain hash could be reversed.
"""

import os
from collections import OrderedDict
from threading import Lock
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from zhizhao.trust.base64url import b64url_text, unb64url
from zhizhao.trust.domestic.sm3 import sm3
from zhizhao.trust.errors import KeyUnknown, SealBroken
from zhizhao.trust.keys import KeyProvider, Purpose

VERSION: Final = 1  # 1 = AES-256-GCM; 2 is kept for SM4-GCM
KID_BYTES: Final = 16
NONCE: Final = 12
WRAPPED: Final = 12 + 32 + 16
_HEAD: Final = 1 + KID_BYTES + WRAPPED
SEALS_PER_KEY: Final = 1 << 24  # far below the 2³² random nonces that one AES-GCM key may see (SP 800-38D §8.3)
REMEMBERED_KEYS: Final = 1024


class Sealer:
    """Seals, opens and looks up column values; holds the data keys it has met, never the provider's."""

    def __init__(self, keys: KeyProvider) -> None:
        self._keys = keys
        self._lock = Lock()
        self._opened: OrderedDict[bytes, AESGCM] = OrderedDict()
        self._kid = ""
        self._head = b""
        self._cipher: AESGCM | None = None
        self._left = 0

    def seal(self, text: str, *, table: str, column: str, row: str) -> bytes:
        """Return version ‖ kid ‖ wrapped data key ‖ nonce ‖ cipher text ‖ tag: 105 bytes more than the text."""
        cipher, head = self._writing()
        nonce = os.urandom(NONCE)
        return head + nonce + cipher.encrypt(nonce, text.encode(), _place(table, column, row))

    def open(self, sealed: bytes, *, table: str, column: str, row: str) -> str:
        """Return the text that was sealed at this place. Raises SealBroken."""
        cipher = self._reading(sealed[:_HEAD])
        nonce, body = sealed[_HEAD : _HEAD + NONCE], sealed[_HEAD + NONCE :]
        try:
            return cipher.decrypt(nonce, body, _place(table, column, row)).decode()
        except (InvalidTag, ValueError) as cause:
            raise SealBroken(table=table, column=column, row=row) from cause

    def lookup(self, kind: str, value: bytes | str) -> bytes:
        """Return the 32-byte MAC by which equal values of one kind find each other."""
        keys = self._keys
        return keys.mac(keys.current(Purpose.LOOKUP), Purpose.LOOKUP, _named(kind, value))

    def lookup_document(self, kind: str, number: str) -> bytes:
        """Return the MAC by which a person's document is found: over SM3 of its number.

        Registration systems may send the plain SM3 instead of the number (DOMAIN.md §8.3); through the digest both
        find each other, and what is kept is keyed. With only a digest at hand: `lookup(kind, digest)`.
        """
        return self.lookup(kind, sm3(number.encode()))

    def _writing(self) -> tuple[AESGCM, bytes]:
        """Return the data key to seal with; a new one after a rotation or many seals."""
        kid = self._keys.current(Purpose.DATA)
        with self._lock:
            if self._cipher is None or kid != self._kid or self._left <= 0:
                data_key = os.urandom(32)
                wrapped = self._keys.wrap(kid, Purpose.DATA, data_key)
                self._head = bytes((VERSION,)) + unb64url(kid.encode()) + wrapped
                self._cipher, self._kid, self._left = AESGCM(data_key), kid, SEALS_PER_KEY
            self._left -= 1
            return self._cipher, self._head

    def _reading(self, head: bytes) -> AESGCM:
        """Return the data key of an envelope; unwrapped once, then remembered. Raises SealBroken."""
        with self._lock:
            if known := self._opened.get(head):
                self._opened.move_to_end(head)
                return known
        if len(head) != _HEAD or head[0] != VERSION:
            raise SealBroken(reason="not a sealed value of a known version")
        kid = b64url_text(head[1 : 1 + KID_BYTES])
        try:
            cipher = AESGCM(self._keys.unwrap(kid, Purpose.DATA, head[1 + KID_BYTES :]))
        except KeyUnknown as cause:
            raise SealBroken(reason="its key is gone", kid=kid) from cause
        with self._lock:
            self._opened[head] = cipher
            if len(self._opened) > REMEMBERED_KEYS:
                self._opened.popitem(last=False)
        return cipher


def macs_alive(keys: KeyProvider, purpose: Purpose, data: bytes) -> tuple[bytes, ...]:
    """Return the MACs under which something still good may be stored: the current key's first.

    One MAC except around a rotation; redeem a one-time code by all of them.
    """
    return tuple(keys.mac(kid, purpose, data) for kid in keys.live(purpose))


def _place(table: str, column: str, row: str) -> bytes:
    """Return the place as unambiguous bytes: two lengths, then the three names."""
    return f"{len(table)}.{len(column)}.{table}{column}{row}".encode()


def _named(kind: str, value: bytes | str) -> bytes:
    """Return the value under its kind, so that equal values of two kinds do not find each other."""
    return f"{len(kind)}.{kind}".encode() + (value.encode() if isinstance(value, str) else value)
