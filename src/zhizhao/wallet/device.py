"""A device (手机): one P-256 key that cannot be exported, its owner, and its life."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from zhizhao.kernel.errors import ZhizhaoError
from zhizhao.wallet.errors import DeviceFrozen, DeviceRetired, DeviceRevoked
from zhizhao.wallet.person import Person


class DeviceState(StrEnum):
    """Where a device stands; a wire format: add, never rename."""

    ACTIVE = "active"
    FROZEN = "frozen"
    """Reported lost; proving the person on it makes it active again."""
    RETIRED = "retired"
    """A newer device took its place; final."""
    REVOKED = "revoked"
    """Signed off by its owner; final."""


TRANSITIONS: Mapping[DeviceState, frozenset[DeviceState]] = {
    DeviceState.ACTIVE: frozenset({DeviceState.FROZEN, DeviceState.RETIRED, DeviceState.REVOKED}),
    DeviceState.FROZEN: frozenset({DeviceState.ACTIVE, DeviceState.RETIRED, DeviceState.REVOKED}),
    DeviceState.RETIRED: frozenset(),
    DeviceState.REVOKED: frozenset(),
}
REFUSALS: Mapping[DeviceState, type[ZhizhaoError]] = {
    DeviceState.FROZEN: DeviceFrozen,
    DeviceState.RETIRED: DeviceRetired,
    DeviceState.REVOKED: DeviceRevoked,
}


def sources_of(target: DeviceState) -> tuple[DeviceState, ...]:
    """Return the states from which a device may get to `target`; conditional updates name them."""
    return tuple(state for state, targets in TRANSITIONS.items() if target in targets)


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A registered device."""

    device_id: str
    person_id: str
    number: int
    """Running number among the person's devices; the cap keeps the highest."""
    label: str
    """What its owner calls it, for example 我的手机."""
    thumbprint: str
    """RFC 7638 SHA-256 of the public key, base64url; what tokens and proofs are bound to."""
    public_jwk: Mapping[str, str]
    state: DeviceState
    pin_failures: int
    proved_at: datetime
    """When its owner was last proved by a slip or a real-name check."""
    enrolled_at: datetime
    ended_at: datetime | None
    """When it was retired or revoked."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A device and its owner, as they stand at this moment."""

    device: Device
    person: Person


def require_active(device: Device) -> Device:
    """Return the device if it may act. Raises DeviceFrozen, DeviceRetired, DeviceRevoked."""
    if refusal := REFUSALS.get(device.state):
        raise refusal(device=device.device_id)
    return device
