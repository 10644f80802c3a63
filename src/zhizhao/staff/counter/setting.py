"""How a clerk's desk is set: window, matter, purpose, case; kept from one scan and one day to the next."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSetting:
    """The settings bar of one clerk's desk; an empty text is not set yet."""

    window: str = ""
    """What the window is called on the spot, for example 窗口03; goes out as the operator."""
    matter: str = ""
    """Code of the matter."""
    purpose: str = ""
    """≤ 200 characters, INTERFACES.md §4."""
    case_number: str = ""
    keys: bool = True
    """Whether the function keys are on."""
    sounds: bool = True
    """Whether the verdict is also heard."""
