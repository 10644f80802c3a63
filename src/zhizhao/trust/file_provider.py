"""The default key provider: an encrypted file, shared by the processes of one machine.

Another process's rotation is noticed by the file's stamp, looked at most once a second; a kid that is not known is
looked for at once. States move by the clock alone, so all processes change over at the same moment.
"""

import secrets
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Final

import msgspec

from zhizhao.kernel.clock import Clock
from zhizhao.trust.errors import DemoOnly, KeyNotUsable, KeyUnknown, RotationRefused
from zhizhao.trust.es256 import P256Private
from zhizhao.trust.key_file import KdfCost, KeyFile, KeyRecord, Ring, Stamp
from zhizhao.trust.keys import KeyInfo, KeyState, PublicKey, Purpose, Suite
from zhizhao.trust.ring.rotation import POLICIES, SIGNING_GRACE
from zhizhao.trust.ring.snapshot import Handle, Prepared, Snapshot, found, new_record, prepare, snapshot, standings
from zhizhao.trust.ring.symmetric import MacKey, WrapKey
from zhizhao.trust.signature_cache import SignatureCache
from zhizhao.trust.sm2 import Sm2Private

LOOK_SECONDS: Final = 1.0
_NAME_AND_VALUE: Final = 48
_OPENING: Final = (Suite.A256GCM, Suite.HMAC_SHA256)


class FileKeys:
    """Keys in an encrypted file; implements KeyProvider. Made by `create` or `open` only; safe between threads."""

    def __init__(self, file: KeyFile, *, clock: Clock) -> None:
        self.signatures = SignatureCache()
        self._file = file
        self._clock = clock
        self._lock = Lock()
        self._prepared: dict[str, tuple[KeyRecord, Prepared]] = {}
        self._stamp: Stamp | None = None
        self._look_at = 0.0
        self._ring, self._snapshot = self._load(self._file.stamp())

    @classmethod
    def create(
        cls,
        folder: Path,
        passphrase: bytes,
        *,
        clock: Clock,
        cost: KdfCost | None = None,
        demonstration: bool = False,
    ) -> "FileKeys":
        """Make one key for every purpose and write the file. Raises KeyFileExists, Sm2Unavailable.

        `demonstration` marks the keys for good: `require_fit` refuses them outside demo mode.
        """
        now = clock.now()
        keys = tuple(_fresh(purpose, now=now, current_at=now) for purpose in Purpose)
        ring = Ring(epoch=1, keys=keys, demonstration=demonstration)
        return cls(KeyFile.create(folder, passphrase, ring, cost=cost), clock=clock)

    @classmethod
    def open(cls, folder: Path, passphrase: bytes, *, clock: Clock) -> "FileKeys":
        """Open the file. Raises KeyFileMissing, KeyFileExposed, KeyFileDamaged, PassphraseRefused, Sm2Unavailable."""
        return cls(KeyFile.open(folder, passphrase), clock=clock)

    @property
    def is_demonstration(self) -> bool:
        """Return whether a demonstration made these keys."""
        return self._ring.demonstration

    @property
    def epoch(self) -> int:
        """Return the number of the last change to the key set."""
        return self._live().epoch

    def current(self, purpose: Purpose) -> str:
        """Return the kid that signs for this purpose now."""
        return self._live().current[purpose]

    def live(self, purpose: Purpose) -> tuple[str, ...]:
        """Return the kids that may have made something still good: current first, then verifying, then announced."""
        return self._live().live[purpose]

    def public(self, kid: str) -> PublicKey:
        """Return an announced, current or verifying public key. Raises KeyUnknown."""
        public = self._live().publics.get(kid) or self._looked().publics.get(kid)
        if public is None:
            raise KeyUnknown(kid=kid)
        return public

    def public_for(self, kid: str, purpose: Purpose) -> PublicKey:
        """Return the same, but only if the key serves this purpose. Raises KeyUnknown."""
        name = (purpose, kid)
        public = self._live().served.get(name) or self._looked().served.get(name)
        if public is None:
            raise KeyUnknown(kid=kid, purpose=purpose)
        return public

    def sign(self, kid: str, purpose: Purpose, message: bytes) -> bytes:
        """Sign the message; ES256: 64 bytes r‖s, SM2: strict DER. Raises KeyUnknown, KeyNotUsable."""
        handle = self._maker(kid, purpose)
        if isinstance(handle, P256Private | Sm2Private):
            return handle.sign(message)
        raise KeyNotUsable(kid=kid, purpose=purpose, act="sign")

    def mac(self, kid: str, purpose: Purpose, data: bytes) -> bytes:
        """Return the 32-byte HMAC-SHA-256. Raises KeyUnknown, KeyNotUsable."""
        handle = self._reader(kid, purpose)
        if isinstance(handle, MacKey):
            return handle.mac(data)
        raise KeyNotUsable(kid=kid, purpose=purpose, act="mac")

    def wrap(self, kid: str, purpose: Purpose, data: bytes) -> bytes:
        """Return nonce ‖ cipher text ‖ tag of a short secret. Raises KeyUnknown, KeyNotUsable."""
        handle = self._maker(kid, purpose)
        if isinstance(handle, WrapKey):
            return handle.wrap(data)
        raise KeyNotUsable(kid=kid, purpose=purpose, act="wrap")

    def unwrap(self, kid: str, purpose: Purpose, data: bytes) -> bytes:
        """Return the secret that `wrap` hid. Raises KeyUnknown, KeyNotUsable, SealBroken."""
        handle = self._reader(kid, purpose)
        if isinstance(handle, WrapKey):
            return handle.unwrap(data)
        raise KeyNotUsable(kid=kid, purpose=purpose, act="unwrap")

    def list(self, purpose: Purpose | None = None) -> tuple[KeyInfo, ...]:
        """Return all keys, retired ones too, oldest first."""
        infos = self._looked().infos
        return tuple(info for info in infos if purpose is None or info.purpose is purpose)

    def rotate(self, purpose: Purpose, *, compromised: bool = False, announce: timedelta | None = None) -> KeyInfo:
        """Announce a new key that takes over after the purpose's announcement; after a compromise, at once.

        `announce` lengthens the announcement, for keys that wait for a certificate; it never shortens it. After a
        compromise the old keys are withdrawn, except those that open stored data. Raises RotationRefused.
        """
        policy = POLICIES[purpose]
        if policy.rotation_refused:
            raise RotationRefused(purpose=purpose, reason=policy.rotation_refused)
        with self._file.change() as keys:
            now = self._clock.now()
            if not compromised and any(key.purpose is purpose and key.current_at > now for key in keys):
                raise RotationRefused(purpose=purpose, reason="a rotation is already announced")
            if compromised and not policy.opens_stored_data:
                _withdraw(keys, purpose, now=now)
            wait = max(policy.announce, announce or policy.announce)
            keys.append(_fresh(purpose, now=now, current_at=now if compromised else now + wait))
            _forget(keys, now=now)
            made = keys[-1].kid
        return next(info for info in self._looked().infos if info.kid == made)

    def change_passphrase(self, passphrase: bytes, *, cost: KdfCost | None = None) -> None:
        """Close the file under another passphrase; other processes must be started anew with it."""
        self._file.change_passphrase(passphrase, cost=cost)

    def _maker(self, kid: str, purpose: Purpose) -> Handle:
        handle = self._live().makers.get((purpose, kid))
        return handle if handle is not None else found(self._looked().makers, kid, purpose)

    def _reader(self, kid: str, purpose: Purpose) -> Handle:
        handle = self._live().readers.get((purpose, kid))
        return handle if handle is not None else found(self._looked().readers, kid, purpose)

    def _live(self) -> Snapshot:
        """Return the snapshot of this moment: cheap unless a second or a change of state has passed."""
        if monotonic() >= self._look_at:
            return self._looked()
        now = self._clock.now()
        seen = self._snapshot
        return seen if seen.since <= now < seen.until else self._looked()

    def _looked(self) -> Snapshot:
        """Look at the file's stamp and the clock, and build a new snapshot if either has moved on."""
        with self._lock:
            stamp = self._file.stamp()
            now = self._clock.now()
            if stamp != self._stamp:
                self._ring, self._snapshot = self._load(stamp)
            elif not self._snapshot.since <= now < self._snapshot.until:
                self._snapshot = self._settle(self._ring, now=now)
            self._look_at = monotonic() + LOOK_SECONDS
            return self._snapshot

    def _load(self, stamp: Stamp) -> tuple[Ring, Snapshot]:
        ring = self._file.read()
        settled = self._settle(ring, now=self._clock.now())
        self._stamp = stamp  # taken before the read: a later replacement is seen at the next look
        return ring, settled

    def _settle(self, ring: Ring, *, now: datetime) -> Snapshot:
        kept = self._prepared
        for key in ring.keys:
            if key.kid not in kept or kept[key.kid][0] != key:
                kept[key.kid] = (key, prepare(key))
        return snapshot(ring, {kid: prepared for kid, (_, prepared) in kept.items()}, now=now)


def _fresh(purpose: Purpose, *, now: datetime, current_at: datetime) -> KeyRecord:
    return new_record(purpose, now=now, current_at=current_at, random=secrets.token_bytes(_NAME_AND_VALUE))


def _withdraw(keys: list[KeyRecord], purpose: Purpose, *, now: datetime) -> None:
    """Take every earlier key of a purpose out of use at once."""
    for place, key in enumerate(keys):
        if key.purpose is purpose and key.withdrawn_at is None:
            keys[place] = msgspec.structs.replace(key, withdrawn_at=now)


def _forget(keys: list[KeyRecord], *, now: datetime) -> None:
    """Drop the secret of every key that can neither sign any more nor is needed to compare or open."""
    where = standings(tuple(keys), now=now)
    for place, key in enumerate(keys):
        stands = where[key.kid]
        done_signing = stands.superseded_at is not None and stands.superseded_at + SIGNING_GRACE <= now
        needless = stands.state is KeyState.RETIRED or (done_signing and key.suite not in _OPENING)
        if needless and key.secret:
            keys[place] = msgspec.structs.replace(key, secret=b"")


def require_fit(keys: FileKeys, *, demo: bool) -> None:
    """Return if the keys may serve here (start-up check, SECURITY.md §3.5): keys of a demonstration only in one.

    That every purpose has a current key, opening the file has already required. Raises DemoOnly.
    """
    if keys.is_demonstration and not demo:
        raise DemoOnly(stand_in="keys of a demonstration")
