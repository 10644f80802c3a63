"""The device's life: two ends are final, a freeze is not."""

import pytest

from factories.devices import made_up_device
from zhizhao.wallet.device import TRANSITIONS, DeviceState, require_active, sources_of
from zhizhao.wallet.errors import DeviceFrozen, DeviceRetired, DeviceRevoked


def test_ends_are_final() -> None:
    """Nothing leads out of retired and revoked; everything else may get there."""
    for end in (DeviceState.RETIRED, DeviceState.REVOKED):
        assert not TRANSITIONS[end]
        assert set(sources_of(end)) == {DeviceState.ACTIVE, DeviceState.FROZEN}


def test_only_a_frozen_device_is_revived() -> None:
    """Active is reached from frozen alone."""
    assert sources_of(DeviceState.ACTIVE) == (DeviceState.FROZEN,)


@pytest.mark.parametrize(
    ("state", "refusal"),
    [
        (DeviceState.FROZEN, DeviceFrozen),
        (DeviceState.RETIRED, DeviceRetired),
        (DeviceState.REVOKED, DeviceRevoked),
    ],
)
def test_require_active(state: DeviceState, refusal: type[Exception]) -> None:
    """Each other state has its own refusal; the control is an active device."""
    with pytest.raises(refusal):
        require_active(made_up_device(state=state))
    active = made_up_device(state=DeviceState.ACTIVE)
    assert require_active(active) is active
