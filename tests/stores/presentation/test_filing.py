"""Filing under cases on both stores: appended, never changed; the latest counts; reasons where they are due."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from factories.house import MATTER, TestHouse, open_house
from zhizhao.kernel.actor import Actor, ActorKind
from zhizhao.presentation.ask import make_ask
from zhizhao.presentation.errors import AskMalformed, PresentationUnknown
from zhizhao.presentation.file_case import file_case
from zhizhao.presentation.filing import Filing

CLERK = Actor(ActorKind.STAFF, "stf_1")


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[TestHouse]:
    """Give an opened installation on each store in turn."""
    async with open_house(database_url, tmp_path / "house") as opened:
        yield opened


async def test_the_life_of_a_filing(house: TestHouse) -> None:
    """Filed, moved with a reason, taken out with a reason, filed again; the client's list follows the latest."""
    uscc = await house.entity(1)
    (phone,) = await house.phone(1, [uscc])
    client = (await house.client()).client
    ticket = await house.show(phone)
    ask = make_ask(client.client_id, ticket.code, matter=MATTER, purpose="核验")
    one = (await house.parts.redeem_line.batcher.submit(ask, owner="x")).presentation.presentation_id

    async def file(case: str | None, reason: str | None = None, *, of: str = one) -> Filing:
        async with house.parts.database.write() as connection:
            return await file_case(
                connection,
                of,
                case_number=case,
                reason=reason,
                client_id=client.client_id,
                actor=CLERK,
                store=house.parts.presentations,
                ledger=house.parts.ledger,
                clock=house.parts.clock,
            )

    async def cases() -> list[list[str]]:
        async with house.parts.database.read() as connection:
            return [
                [
                    p.presentation_id
                    for p in await house.parts.presentations.of_case(
                        connection, client_id=client.client_id, case_number=case
                    )
                ]
                for case in ("A-1", "B-2")
            ]

    with pytest.raises(AskMalformed):
        await file(None, "从未存入")
    assert (await file("A-1")).number == 1
    assert await cases() == [[one], []]
    with pytest.raises(AskMalformed):
        await file("B-2")
    assert (await file("B-2", "办件号输错")).number == 2
    assert await cases() == [[], [one]]
    assert (await file(None, "客户撤回")).number == 3
    assert await cases() == [[], []]
    assert (await file("A-1", "重新受理")).number == 4
    assert await cases() == [[one], []]
    with pytest.raises(PresentationUnknown):
        await file("A-1", of="prs_nobody")
