"""`replace` for frozen values of either make: dataclasses, and the structs of the redemption's way."""

import dataclasses
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


def changed(value: T, **parts: Any) -> T:
    """Return a copy with other parts."""
    if isinstance(value, msgspec.Struct):
        return msgspec.structs.replace(value, **parts)
    return dataclasses.replace(value, **parts)  # type: ignore[type-var] # what is no struct is a dataclass
