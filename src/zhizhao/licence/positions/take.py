"""Take places in the status list: random indexes, each used once for ever, so that an index tells no order."""

import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from zhizhao.licence.status import STATUS_CODES
from zhizhao.licence.status_list import LIST_SIZE
from zhizhao.storage.database import Transaction

if TYPE_CHECKING:
    from zhizhao.licence.positions.store import Position, PositionStore

TRIES: Final = 16
"""A list is closed when this many random draws in a row are all taken: at about half of its places."""
PER_DRAW: Final = 4
"""One statement draws at most this part of a list."""
DECOYS: Final = 1024
"""One decoy for so many places, with a random status, so that a young list does not tell how many were issued."""


async def take_places(
    connection: Transaction,
    wanted: Sequence[tuple[str, int]],
    *,
    positions: "PositionStore",
    size: int = LIST_SIZE,
) -> dict[tuple[str, int], "Position"]:
    """Return a place for each (USCC, version); opens the next list when the newest is full.

    A list is only ever left, never searched: draws that meet taken places are drawn again.
    """
    newest = await positions.newest(connection)
    number, size = newest if newest is not None else await _opened(connection, 1, positions=positions, size=size)
    places: dict[tuple[str, int], Position] = {}
    while True:
        for _ in range(TRIES):
            left = [want for want in wanted if want not in places]
            if not left:
                return places
            left = left[: size // PER_DRAW]
            draws = [(index, *want) for index, want in zip(_indexes(len(left), size), left, strict=True)]
            taken = await positions.take(connection, number, draws)
            places |= {want: (number, index) for want, index in taken.items()}
        number, size = await _opened(connection, number + 1, positions=positions, size=size)


def _indexes(count: int, size: int) -> list[int]:
    """Return different random indexes in the order drawn; a set would hand them out nearly sorted."""
    found: dict[int, None] = {}
    while len(found) < count:
        found[secrets.randbelow(size)] = None
    return list(found)


async def _opened(connection: Transaction, number: int, *, positions: "PositionStore", size: int) -> tuple[int, int]:
    codes = [code for code in STATUS_CODES.values() if code]
    decoys = [(index, secrets.choice(codes)) for index in sorted(_indexes(size // DECOYS, size))]
    await positions.open(connection, number, size=size, decoys=decoys)
    return number, size
