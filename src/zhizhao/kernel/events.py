"""Facts that slices tell each other through the outbox.

An event's name is a wire format: `slice.subject.past_tense.vN`. Fields may be added with a default; a field is
never renamed or removed, and a changed meaning is a new `vN`.
"""

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from zhizhao.kernel.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A frozen fact; subclasses add fields of JSON types only and set `kind`. Holds no personal data."""

    kind: ClassVar[str]
    actor: Actor
    """Who did it."""

    def payload(self) -> dict[str, Any]:
        """Return the fields as JSON types."""
        return asdict(self)
