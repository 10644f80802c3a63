"""Access tokens: bound, two levels, strict; what is changed in them is refused."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from factories.devices import made_up_device
from factories.ledgers import cheap_keys
from zhizhao.kernel.clock import HeldClock
from zhizhao.kernel.idcard import DocumentKind
from zhizhao.trust.file_provider import FileKeys
from zhizhao.trust.jws import sign_compact
from zhizhao.trust.keys import Purpose
from zhizhao.wallet.access import (
    Access,
    AccessLevel,
    issue_token,
    make_caller,
    read_token,
    require_unlocked,
)
from zhizhao.wallet.device import DeviceState, Standing
from zhizhao.wallet.errors import DeviceFrozen, DeviceUnknown, UnlockNeeded, WalletTokenRefused
from zhizhao.wallet.person import Person

ISSUER = "https://zhizhao.test"
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
PERSON = Person(person_id="per_1", name="张三恕", document_kind=DocumentKind.ID_CARD, id_lookup=b"")


@pytest.fixture
def keys(tmp_path: Path) -> FileKeys:
    """Give keys."""
    return cheap_keys(tmp_path, HeldClock(NOW))


def token(keys: FileKeys, level: AccessLevel = AccessLevel.UNLOCKED) -> str:
    """Return a token of our device."""
    return issue_token(keys, made_up_device(), level=level, seconds=300, issuer=ISSUER, now=NOW).token


def read(keys: FileKeys, text: str, *, at: datetime = NOW, issuer: str = ISSUER, key: str = "thumbprint") -> Access:
    """Read a token as the door does."""
    return read_token(text, keys=keys, issuer=issuer, now=at, expected_thumbprint=key)


def test_round_trip(keys: FileKeys) -> None:
    """A token says which device, which key and which level."""
    for level in AccessLevel:
        found = read(keys, token(keys, level))
        assert (found.device_id, found.thumbprint, found.level) == (made_up_device().device_id, "thumbprint", level)


def test_over(keys: FileKeys) -> None:
    """It ends to the second, without leeway."""
    text = token(keys)
    assert read(keys, text, at=NOW + timedelta(seconds=299))
    with pytest.raises(WalletTokenRefused):
        read(keys, text, at=NOW + timedelta(seconds=300))


def test_another_key_issuer_or_kind(keys: FileKeys) -> None:
    """Bound to one key, one installation, and to being an access token of the wallet."""
    with pytest.raises(WalletTokenRefused):
        read(keys, token(keys), key="another")
    with pytest.raises(WalletTokenRefused):
        read(keys, token(keys), issuer="https://other.test")
    claims = {"iss": ISSUER, "aud": f"{ISSUER}/api/v1", "sub": "x", "iat": NOW.timestamp(), "exp": NOW.timestamp() + 9}
    bound = {**claims, "aud": f"{ISSUER}/wallet/api", "cnf": {"jkt": "thumbprint"}, "scope": "unlocked"}
    for purpose, typ, body in (
        (Purpose.ACCESS, "at+jwt", claims),
        (Purpose.ACCESS, "JWT", bound),
        (Purpose.RECEIPT, "at+jwt", bound),
    ):
        with pytest.raises(WalletTokenRefused):
            read(keys, sign_compact(keys, purpose, body, typ=typ))
    assert read(keys, sign_compact(keys, Purpose.ACCESS, bound, typ="at+jwt")), "the control"


def test_changed(keys: FileKeys) -> None:
    """One changed character anywhere is refused."""
    text = token(keys)
    for place in range(0, len(text), 7):
        other = "A" if text[place] != "A" else "B"
        with pytest.raises(WalletTokenRefused):
            read(keys, text[:place] + other + text[place + 1 :])


def test_caller(keys: FileKeys) -> None:
    """The store's word counts, not the token's: a frozen, foreign or missing device calls nobody."""
    access = read(keys, token(keys))
    assert make_caller(Standing(made_up_device(), PERSON), access).person is PERSON
    with pytest.raises(DeviceFrozen):
        make_caller(Standing(made_up_device(state=DeviceState.FROZEN), PERSON), access)
    with pytest.raises(DeviceUnknown):
        make_caller(None, access)
    with pytest.raises(DeviceUnknown):
        make_caller(Standing(made_up_device(device_id="dev_other"), PERSON), access)


def test_levels(keys: FileKeys) -> None:
    """A token for lists does not open what the PIN opens."""
    locked = make_caller(Standing(made_up_device(), PERSON), read(keys, token(keys, AccessLevel.DEVICE)))
    with pytest.raises(UnlockNeeded):
        require_unlocked(locked)
    unlocked = make_caller(Standing(made_up_device(), PERSON), read(keys, token(keys)))
    assert require_unlocked(unlocked) is unlocked
