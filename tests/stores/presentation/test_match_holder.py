"""Comparing the holder on both stores: five answers a presentation, one answer a key, whoever asks at once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from factories.house import MATTER, TestHouse, id_of, name_of, open_house
from zhizhao.kernel.actor import Actor, ActorKind
from zhizhao.presentation.ask import make_ask
from zhizhao.presentation.errors import AskMalformed, IdempotencyMismatch, MatchLimited, PresentationUnknown
from zhizhao.presentation.match_holder import match_holder


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[TestHouse]:
    """Give an opened installation on each store in turn."""
    async with open_house(database_url, tmp_path / "house") as opened:
        yield opened


class Window:
    """One client with accepted presentations of one person, number 1."""

    def __init__(self, house: TestHouse, client_id: str, presentations: list[str]) -> None:
        self.house = house
        self.client_id = client_id
        self.first, self.second = presentations

    async def match(self, presentation: str, number: int = 1, *, key: str | None = None, client_id: str = "") -> bool:
        """Compare a person with the presenter, in a transaction of its own."""
        parts = self.house.parts
        async with parts.database.write() as connection:
            return await match_holder(
                connection,
                presentation,
                name=name_of(number),
                id_number=id_of(number),
                client_id=client_id or self.client_id,
                key=key,
                actor=Actor(ActorKind.CLIENT, self.client_id),
                store=parts.presentations,
                wallets=parts.wallets,
                sealer=parts.sealer,
                ledger=parts.ledger,
                clock=parts.clock,
            )


@pytest.fixture
async def window(house: TestHouse) -> Window:
    """Give a client that accepted two codes of one person."""
    (phone,) = await house.phone(1, [await house.entity(1)])
    client_id = (await house.client()).client.client_id
    made = []
    for _ in range(2):
        ask = make_ask(client_id, (await house.show(phone)).code, matter=MATTER, purpose="开户")
        made.append(await house.parts.redeem_line.batcher.submit(ask, owner=client_id))
    return Window(house, client_id, [m.presentation.presentation_id for m in made])


async def test_a_key_answers_for_one_person_only(window: Window) -> None:
    """Asked again with the same key about somebody else, or another presentation, nobody hears the earlier “yes”."""
    assert await window.match(window.first, key="JN-1") is True
    assert await window.match(window.first, key="JN-1") is True
    with pytest.raises(IdempotencyMismatch):
        await window.match(window.first, 2, key="JN-1")
    with pytest.raises(IdempotencyMismatch):
        await window.match(window.second, key="JN-1")
    assert await window.match(window.first, 2, key="JN-2") is False
    assert await window.match(window.first, key="JN-3") is True  # the control: another key, the right person


async def test_repeats_of_a_key_are_not_counted(window: Window) -> None:
    """Twenty times the same question, at once, is one of the five."""
    told = await asyncio.gather(*(window.match(window.first, 2, key="same") for _ in range(20)))
    assert told == [False] * 20
    for number in range(4):
        await window.match(window.first, key=f"k{number}")
    with pytest.raises(MatchLimited):
        await window.match(window.first, key="k9")


async def test_five_of_many_at_once(window: Window) -> None:
    """Twelve questions in parallel: exactly five are answered, the others hear that it was enough."""
    told = await asyncio.gather(*(window.match(window.first) for _ in range(12)), return_exceptions=True)
    assert Counter(type(one) for one in told) == {bool: 5, MatchLimited: 7}


async def test_a_refused_question_leaves_its_key_free(window: Window) -> None:
    """A key that no caller may send, and a presentation of another client, change nothing."""
    with pytest.raises(AskMalformed):
        await window.match(window.first, key="键")
    with pytest.raises(PresentationUnknown):
        await window.match(window.first, key="JN-1", client_id="cli_other")
    assert await window.match(window.first, key="JN-1") is True
