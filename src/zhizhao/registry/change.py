"""A change (变更登记): which fields of an entity a new version says differently."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What differs between two versions; empty when nothing does."""

    fields: tuple[str, ...]
    """Field names in the order of the register, face fields after them."""
    principal_changed: bool
    """Another person, by document where both are known, else by name; not a corrected spelling."""
    status_changed: bool

    @property
    def is_empty(self) -> bool:
        """Say whether the two versions are alike."""
        return not self.fields
