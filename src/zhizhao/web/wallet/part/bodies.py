"""The one body that a part takes."""

from typing import Annotated

import msgspec


class ShowPartBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which licence to show."""

    uscc: Annotated[str, msgspec.Meta(max_length=18)]
    matter: Annotated[str, msgspec.Meta(max_length=32)] | None = None
