"""The ring as one moment sees it: prepared keys by name, built at a change, never altered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from zhizhao.kernel.clock import EPOCH
from zhizhao.trust.base64url import b64url_text
from zhizhao.trust.errors import KeyFileDamaged, KeyUnknown
from zhizhao.trust.es256 import P256Private, load_p256_private, load_p256_public, new_p256
from zhizhao.trust.key_file import KeyRecord, Ring
from zhizhao.trust.keys import SUITES, KeyInfo, KeyState, PublicKey, Purpose, Suite
from zhizhao.trust.ring.rotation import POLICIES, Life, Standing, standing
from zhizhao.trust.ring.symmetric import KEY_BYTES, MacKey, WrapKey
from zhizhao.trust.sm2 import Sm2Private, load_sm2_private, load_sm2_public, new_sm2

Handle = P256Private | Sm2Private | MacKey | WrapKey
FAR: Final = datetime.max.replace(tzinfo=EPOCH.tzinfo)
_ORDER: Final = {KeyState.CURRENT: 0, KeyState.VERIFYING: 1, KeyState.ANNOUNCED: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """The keys of one record, parsed once per process."""

    public: PublicKey | None
    secret: Handle | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The ring between two moments; every look-up is one dictionary access."""

    since: datetime
    until: datetime
    epoch: int
    infos: tuple[KeyInfo, ...]
    current: Mapping[Purpose, str]
    live: Mapping[Purpose, tuple[str, ...]]
    publics: Mapping[str, PublicKey]
    """Announced, current and verifying public keys by kid."""
    served: Mapping[tuple[Purpose, str], PublicKey]
    """The same by purpose and kid."""
    makers: Mapping[tuple[Purpose, str], Handle]
    """Keys that may sign or wrap now."""
    readers: Mapping[tuple[Purpose, str], Handle]
    """Symmetric keys that may MAC for comparison or unwrap."""


def new_record(purpose: Purpose, *, now: datetime, current_at: datetime, random: bytes) -> KeyRecord:
    """Return a fresh key of the purpose's suite; `random` is 48 bytes for name and value of a symmetric key."""
    suite = SUITES[purpose]
    if suite in (Suite.ES256, Suite.SM2):
        made = new_p256() if suite is Suite.ES256 else new_sm2()
        kid, secret, public = made.public.kid, made.pkcs8(), made.public.spki()
    else:
        kid, secret, public = b64url_text(random[KEY_BYTES:]), random[:KEY_BYTES], b""
    return KeyRecord(
        kid=kid, purpose=purpose, suite=suite, created_at=now, current_at=current_at, secret=secret, public=public
    )


def prepare(record: KeyRecord) -> Prepared:
    """Parse one record. Raises PrivateKeyRefused, PublicKeyRefused, Sm2Unavailable."""
    match record.suite:
        case Suite.ES256:
            p256 = load_p256_private(record.secret) if record.secret else None
            return Prepared(public=p256.public if p256 else load_p256_public(record.public), secret=p256)
        case Suite.SM2:
            sm2 = load_sm2_private(record.secret) if record.secret else None
            return Prepared(public=sm2.public if sm2 else load_sm2_public(record.public), secret=sm2)
        case Suite.HMAC_SHA256:
            return Prepared(public=None, secret=MacKey(record.secret) if record.secret else None)
        case _:
            name = f"{record.purpose}:{record.kid}".encode()
            return Prepared(public=None, secret=WrapKey(record.secret, name=name) if record.secret else None)


def standings(keys: tuple[KeyRecord, ...], *, now: datetime) -> dict[str, Standing]:
    """Return where every key stands, by kid."""
    lives: dict[Purpose, list[Life]] = {}
    for key in keys:
        life = Life(kid=key.kid, current_at=key.current_at, withdrawn_at=key.withdrawn_at)
        lives.setdefault(key.purpose, []).append(life)
    return {
        life.kid: standing(life, siblings, keep=POLICIES[purpose].keep, now=now)
        for purpose, siblings in lives.items()
        for life in siblings
    }


def snapshot(ring: Ring, prepared: Mapping[str, Prepared], *, now: datetime) -> Snapshot:
    """Return the ring as `now` sees it. Raises KeyFileDamaged if a purpose has no current key."""
    where = standings(ring.keys, now=now)
    infos = tuple(_info(key, where[key.kid]) for key in ring.keys)
    alive = [info for info in infos if info.state is not KeyState.RETIRED]
    current = {info.purpose: info.kid for info in alive if info.state is KeyState.CURRENT}
    if missing := set(SUITES) - set(current):
        raise KeyFileDamaged(reason="no current key", purposes=sorted(missing))
    publics = {info.kid: public for info in alive if (public := prepared[info.kid].public)}
    secrets = {(info.purpose, info.kid): secret for info in alive if (secret := prepared[info.kid].secret)}
    return Snapshot(
        since=now,
        until=min((at for one in where.values() if (at := one.changes_at)), default=FAR),
        epoch=ring.epoch,
        infos=infos,
        current=current,
        live={purpose: _live(alive, purpose) for purpose in SUITES},
        publics=publics,
        served={(info.purpose, info.kid): publics[info.kid] for info in alive if info.kid in publics},
        makers={key: secret for key, secret in secrets.items() if where[key[1]].may_sign},
        readers={key: secret for key, secret in secrets.items() if isinstance(secret, MacKey | WrapKey)},
    )


def _live(alive: list[KeyInfo], purpose: Purpose) -> tuple[str, ...]:
    mine = sorted((info for info in alive if info.purpose is purpose), key=lambda info: _ORDER[info.state])
    return tuple(info.kid for info in mine)


def _info(key: KeyRecord, where: Standing) -> KeyInfo:
    return KeyInfo(
        kid=key.kid,
        purpose=key.purpose,
        suite=key.suite,
        state=where.state,
        created_at=key.created_at,
        current_at=key.current_at,
        superseded_at=where.superseded_at,
        retires_at=where.retires_at,
    )


def found(table: Mapping[tuple[Purpose, str], Handle], kid: str, purpose: Purpose) -> Handle:
    """Return the key of that purpose and name. Raises KeyUnknown."""
    handle = table.get((purpose, kid))
    if handle is None:
        raise KeyUnknown(kid=kid, purpose=purpose)
    return handle
