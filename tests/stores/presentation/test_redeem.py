"""Redeem on both stores: exactly once, checks in order, refused verdicts, idempotency, quota and peak."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from factories.house import END, MATTER, TestHouse, open_house
from zhizhao.kernel.code24 import new_code
from zhizhao.kernel.errors import ZhizhaoError
from zhizhao.onboarding.errors import (
    ClientUnknown,
    FieldNotGranted,
    MatterNotGranted,
    PeakExceeded,
    QuotaExhausted,
    TooManyMisses,
)
from zhizhao.presentation.ask import Idempotency, make_ask
from zhizhao.presentation.errors import CodeExpired, CodeUnknown, CodeUsed, IdempotencyMismatch
from zhizhao.presentation.presentation import Check, Result, Verdict
from zhizhao.presentation.redeem import Redeemed
from zhizhao.registry.entity import EntityStatus, Mark


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[TestHouse]:
    """Give an opened installation on each store in turn."""
    async with open_house(database_url, tmp_path / "house") as opened:
        yield opened


async def redeem(house: TestHouse, client_id: str, code: str, **options: object) -> Redeemed:
    """Redeem through the line."""
    ask = make_ask(client_id, code, **{"matter": MATTER, "purpose": "食品经营许可", **options})  # type: ignore[arg-type] # options by name
    return await house.parts.redeem_line.batcher.submit(ask, owner=client_id)


async def test_a_shown_code_is_accepted_once(house: TestHouse) -> None:
    """The first redemption is accepted with every check passed; the second hears that the code was used."""
    uscc = await house.entity(1)
    (phone,) = await house.phone(1, [uscc])
    client = (await house.client()).client
    ticket = await house.show(phone)
    done = await redeem(house, client.client_id, ticket.code, case_number="JN-1", operator="窗口03")
    assert done.presentation.verdict is Verdict.ACCEPTED
    assert [c.result for c in done.presentation.checks] == [Result.PASS] * len(Check)
    assert done.presentation.uscc == uscc
    assert done.presentation.presenter.name.endswith("*")
    with pytest.raises(CodeUsed):
        await redeem(house, client.client_id, ticket.code)
    async with house.parts.database.read() as connection:
        kept = await house.parts.presentations.get(connection, done.presentation.presentation_id)
        state = await house.parts.presentations.ticket_state(
            connection, ticket.code_mac, person_id=phone.person.person_id
        )
    assert kept == done.presentation
    assert state is not None
    assert state.presentation_id == done.presentation.presentation_id


async def test_what_stands_before_the_spend_never_burns_a_code(house: TestHouse) -> None:
    """Wrong matter, wrong field, wrong client: each refused by name, and the code is still good afterwards."""
    uscc = await house.entity(2)
    (phone,) = await house.phone(2, [uscc])
    client = (await house.client()).client
    other = (await house.client("只办注销", matters=[END])).client
    ticket = await house.show(phone)
    with pytest.raises(MatterNotGranted):
        await redeem(house, other.client_id, ticket.code)
    with pytest.raises(FieldNotGranted):
        await redeem(house, client.client_id, ticket.code, fields=("name", "secret"))
    with pytest.raises(ClientUnknown):
        await redeem(house, "cli_nobody", ticket.code)
    done = await redeem(house, client.client_id, ticket.code, fields=("name",))
    assert done.presentation.fields == ("name",)


async def test_unknown_and_expired_codes_are_told_apart(house: TestHouse) -> None:
    """A code that never was is unknown; one whose ticket was voided is expired; neither costs quota."""
    uscc = await house.entity(3)
    (phone,) = await house.phone(3, [uscc])
    client = (await house.client()).client
    ticket = await house.show(phone)
    async with house.parts.database.write() as connection:
        now = await house.parts.database.now(connection)
        assert await house.parts.presentations.void_tickets(connection, at=now, uscc=uscc) == 1
    with pytest.raises(CodeExpired):
        await redeem(house, client.client_id, ticket.code)
    with pytest.raises(CodeUnknown):
        await redeem(house, client.client_id, new_code())
    async with house.parts.database.read() as connection:
        used, _limit = await house.parts.clients.usage(connection, client.client_id, year=now.year)
    assert used == 0


async def test_a_refused_verdict_spends_the_code_and_carries_no_face(house: TestHouse) -> None:
    """A revoked entity is refused for an ordinary matter, accepted for deregistration; a dispute refuses both."""
    uscc = await house.entity(4)
    (phone,) = await house.phone(4, [uscc])
    client = (await house.client()).client
    tickets = [await house.show(phone) for _ in range(3)]
    await house.entity(4, status=EntityStatus.REVOKED)
    refused = await redeem(house, client.client_id, tickets[0].code)
    assert refused.presentation.verdict is Verdict.REFUSED
    assert refused.face is None
    assert refused.presentation.fields == ()
    failed = refused.presentation.failed
    assert failed is not None
    assert (failed.check, failed.reason) == (Check.LICENCE_STATUS, "entity-revoked")
    with pytest.raises(CodeUsed):
        await redeem(house, client.client_id, tickets[0].code, matter=END)
    assert (await redeem(house, client.client_id, tickets[1].code, matter=END)).presentation.verdict is Verdict.ACCEPTED
    await house.entity(4, status=EntityStatus.REVOKED, marks=frozenset({Mark.DISPUTED}))
    disputed = await redeem(house, client.client_id, tickets[2].code, matter=END)
    assert disputed.presentation.verdict is Verdict.REFUSED


async def test_authority_is_asked_at_redeem(house: TestHouse) -> None:
    """A representative who was replaced after showing is refused, and so is a copy that the change made old."""
    uscc = await house.entity(5)
    (phone,) = await house.phone(5, [uscc])
    client = (await house.client()).client
    ticket = await house.show(phone)
    await house.entity(5, principal_name="赵示另", document=None)
    done = await redeem(house, client.client_id, ticket.code)
    assert done.presentation.verdict is Verdict.REFUSED


async def test_a_repeated_key_gets_the_stored_answer(house: TestHouse) -> None:
    """Same key and request: the same presentation; same key, other request: refused; in one batch as well."""
    uscc = await house.entity(6)
    (phone,) = await house.phone(6, [uscc])
    client = (await house.client()).client
    ticket, other = await house.show(phone), await house.show(phone)
    key = Idempotency(key="k-1", request_hash=b"1" * 32)
    both = await asyncio.gather(*(redeem(house, client.client_id, ticket.code, idempotency=key) for _ in range(8)))
    assert len({b.presentation.presentation_id for b in both}) == 1
    again = await redeem(house, client.client_id, ticket.code, idempotency=key)
    assert again.presentation == both[0].presentation
    assert again.repeated
    with pytest.raises(IdempotencyMismatch):
        await redeem(house, client.client_id, other.code, idempotency=Idempotency(key="k-1", request_hash=b"2" * 32))
    failing = Idempotency(key="k-2", request_hash=b"3" * 32)
    with pytest.raises(CodeUsed):
        await redeem(house, client.client_id, ticket.code, idempotency=failing)
    retried = await redeem(house, client.client_id, other.code, idempotency=failing)
    assert retried.presentation.verdict is Verdict.ACCEPTED


async def test_quota_is_exact(house: TestHouse) -> None:
    """Of 12 good codes under a quota of 5, exactly 5 are accepted and the others stay unspent."""
    uscc = await house.entity(7)
    (phone,) = await house.phone(7, [uscc])
    client = (await house.client(yearly_quota=5)).client
    tickets = [await house.show(phone) for _ in range(12)]
    answers = await asyncio.gather(*(redeem(house, client.client_id, t.code) for t in tickets), return_exceptions=True)
    kinds = Counter(type(a) for a in answers)
    assert kinds == {Redeemed: 5, QuotaExhausted: 7}
    richer = (await house.client("有余额的系统")).client
    unspent = [t for t, a in zip(tickets, answers, strict=True) if isinstance(a, QuotaExhausted)]
    for ticket in unspent:
        assert isinstance(await redeem(house, richer.client_id, ticket.code), Redeemed)


async def test_peak_and_misses_stop_a_guesser(house: TestHouse) -> None:
    """A bucket of 3 lets about 3 of 30 calls through; a client that guesses is stopped after its misses."""
    small = (await house.client("小峰值", peak_per_second=3)).client
    answers = await asyncio.gather(
        *(redeem(house, small.client_id, new_code()) for _ in range(30)), return_exceptions=True
    )
    kinds = Counter(type(a) for a in answers)
    assert 3 <= kinds[CodeUnknown] <= 6
    assert kinds[PeakExceeded] == 30 - kinds[CodeUnknown]
    guesser = (await house.client("乱猜")).client
    seen: list[type[BaseException]] = []
    for _ in range(40):
        try:
            await redeem(house, guesser.client_id, new_code())
        except ZhizhaoError as error:
            seen.append(type(error))
    assert Counter(seen) == {CodeUnknown: 30, TooManyMisses: 10}
    burst = (await house.client("一次乱猜许多")).client
    at_once = await asyncio.gather(
        *(redeem(house, burst.client_id, new_code()) for _ in range(100)), return_exceptions=True
    )
    assert Counter(type(a) for a in at_once) == {CodeUnknown: 30, TooManyMisses: 70}


async def test_many_codes_under_many_redeemers_win_once_each(house: TestHouse) -> None:
    """40 codes × 16 parallel redeemers in one process: exactly one acceptance each, everything else is used."""
    uscc = await house.entity(8)
    (phone,) = await house.phone(8, [uscc])
    client = (await house.client()).client
    tickets = [await house.show(phone) for _ in range(40)]
    answers = await asyncio.gather(
        *(redeem(house, client.client_id, t.code) for _ in range(16) for t in tickets), return_exceptions=True
    )
    kinds = Counter(type(a) for a in answers)
    assert kinds == {Redeemed: 40, CodeUsed: 600}
