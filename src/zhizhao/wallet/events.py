"""What the wallet tells other slices; wire formats, see `kernel.events`. Ids only, no personal data."""

from dataclasses import dataclass
from typing import ClassVar

from zhizhao.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceEnrolled(Event):
    """A person has a new device."""

    kind: ClassVar[str] = "wallet.device.enrolled.v1"
    person_id: str
    device_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceEnded(Event):
    """A device was retired by a newer one or signed off; its owner is to be told."""

    kind: ClassVar[str] = "wallet.device.ended.v1"
    person_id: str
    device_id: str
    state: str
    """`retired` or `revoked`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletFrozen(Event):
    """A person's devices were frozen after a report of loss."""

    kind: ClassVar[str] = "wallet.wallet.frozen.v1"
    person_id: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletUnfrozen(Event):
    """A person proved himself or herself again and a frozen device is active."""

    kind: ClassVar[str] = "wallet.wallet.unfrozen.v1"
    person_id: str
    device_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PinLockedOut(Event):
    """The last try for a PIN was wrong; its owner is to be told."""

    kind: ClassVar[str] = "wallet.pin.locked.v1"
    person_id: str
    device_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceDownloaded(Event):
    """A licence was downloaded or downloaded again."""

    kind: ClassVar[str] = "wallet.licence.downloaded.v1"
    uscc: str
    version: int
    role: str
    again: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentationDisowned(Event):
    """A holder says that a presentation was not his or hers; the registrar and the counter are to be told."""

    kind: ClassVar[str] = "wallet.presentation.disowned.v1"
    uscc: str
    presentation_id: str
    client_id: str
