"""Signing in by password and number, over each store: what opens, what is refused, what is kept of it."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from factories.counters import PASSWORD, SECRET, plant_account, session_of
from factories.house import TestHouse
from zhizhao.app.wire_staff import Signing
from zhizhao.kernel.actor import OPERATOR
from zhizhao.kernel.clock import to_micros
from zhizhao.ledger.entry import Entry, parse_entry
from zhizhao.ledger.store import ENTRY
from zhizhao.staff import prove_password
from zhizhao.staff.account import Role
from zhizhao.staff.errors import PasskeyNeeded, SessionEnded, SignInLocked, SignInPaused, SignInRefused
from zhizhao.staff.find_session import find_session
from zhizhao.staff.passkey import Passkey
from zhizhao.staff.session import Method, token_hash
from zhizhao.staff.store import ACCOUNT, ATTEMPT, SESSION
from zhizhao.staff.throttle import LOCK_AT
from zhizhao.staff.unlock import unlock
from zhizhao.trust.errors import SecretMismatch
from zhizhao.trust.totp import hotp
from zhizhao.web.staff.verbs import NewPassword, Typed

Move = Callable[[timedelta], None]


async def number_at(house: TestHouse, *, steps: int = 0) -> str:
    """Return the authenticator's number now, by the store's clock."""
    async with house.parts.database.read() as reader:
        now: datetime = await house.parts.database.now(reader)
    return hotp(SECRET, to_micros(now) // 30_000_000 + steps)


async def typed(house: TestHouse, *, password: str = PASSWORD, username: str = "wang.yan", steps: int = 0) -> Typed:
    """Return what a person types."""
    return Typed(username=username, password=password, number=await number_at(house, steps=steps))


async def entries(house: TestHouse) -> list[Entry]:
    """Return the ledger's entries about officials."""
    async with house.parts.database.read() as reader:
        rows = await reader.execute(select(ENTRY.c.body).order_by(ENTRY.c.entry_id))
        return [e for e in (parse_entry(r.body) for r in rows) if e.act.value.startswith("staff:")]


class TestSignIn:
    """`Signing.sign_in`: attempt, proof, session."""

    async def test_opens_a_session(self, house: TestHouse) -> None:
        """The session is found by its token, the store keeps only a hash, the ledger says who."""
        account = await plant_account(house)
        signing = Signing(house.parts)
        opened = await signing.sign_in(await typed(house, username=" Wang.Yan "))
        assert opened.session.account == account
        assert (await signing.find(opened.token)).method is Method.PASSWORD
        async with house.parts.database.read() as reader:
            kept = (await reader.execute(select(SESSION.c.id_hash))).scalars().all()
        assert kept == [token_hash(opened.token)]
        assert [(e.act.value, e.actor.id, e.result) for e in await entries(house)] == [
            ("staff:account:opened", "zhizhao", "ok"),
            ("staff:session:opened", account.account_id, "ok"),
        ]

    async def test_wrong_parts_look_alike(self, house: TestHouse) -> None:
        """Unknown name, wrong password, wrong number: one error outside, the reason only in the facts."""
        await plant_account(house)
        signing = Signing(house.parts)
        tries = [
            await typed(house, username="nobody"),
            await typed(house, password="wrong-password-1"),
            Typed(username="wang.yan", password=PASSWORD, number="000000"),
            Typed(username="wang.yan", password=PASSWORD, number=""),
        ]
        seen = []
        for attempt in tries:
            with pytest.raises(SignInRefused) as refused:
                await signing.sign_in(attempt)
            seen.append(refused.value.facts["reason"])
        assert seen == ["password", "password", "totp", "totp"]
        noted = [(e.act.value, e.result, e.because) for e in await entries(house)][1:]
        assert noted == [("staff:session:refused", "sign-in-refused", reason) for reason in seen]

    async def test_an_unknown_name_costs_a_hash(self, house: TestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
        """Both are measured against a stored password: the same work, so the same time."""
        await plant_account(house)
        seen: list[str] = []

        async def measured(text: str, stored: str) -> None:
            seen.append(stored.split("$")[3])
            await asyncio.sleep(0)
            del text
            raise SecretMismatch

        monkeypatch.setattr(prove_password, "verify_secret", measured)
        for username in ("wang.yan", "nobody"):
            with pytest.raises(SignInRefused):
                await Signing(house.parts).sign_in(await typed(house, username=username))
        assert len(seen) == 2
        assert seen[0] == seen[1]

    async def test_a_number_works_once(self, house: TestHouse) -> None:
        """The same number again, and an older one, are refused (RFC 6238 §5.2)."""
        await plant_account(house)
        signing = Signing(house.parts)
        now = await typed(house)
        older = await typed(house, steps=-1)
        await signing.sign_in(now)
        for again in (now, older):
            with pytest.raises(SignInRefused) as refused:
                await signing.sign_in(again)
            assert refused.value.facts["reason"] == "totp-used"
        assert await signing.sign_in(await typed(house, steps=1))

    async def test_two_at_once_use_a_number_once(self, house: TestHouse) -> None:
        """Eight parallel tries with one number open one session."""
        await plant_account(house)
        signing = Signing(house.parts)
        attempt = await typed(house)
        tries = [signing.sign_in(attempt) for _ in range(8)]
        done = await asyncio.gather(*tries, return_exceptions=True)
        assert sum(not isinstance(d, BaseException) for d in done) == 1

    async def test_an_administrator_with_a_key_needs_it(self, house: TestHouse) -> None:
        """Without a passkey the password way is open, to register one; with one it is shut."""
        await plant_account(house, "an.li", Role.SECURITY_ADMIN)
        signing = Signing(house.parts)
        opened = await signing.sign_in(await typed(house, username="an.li"))
        assert opened.session.roles_in_force == frozenset()
        async with house.parts.database.write() as tx:
            await house.parts.staff.add_passkey(
                tx, passkey_of(opened.session.account.account_id, opened.session.opened_at)
            )
        with pytest.raises(PasskeyNeeded):
            await signing.sign_in(await typed(house, username="an.li", steps=1))


def passkey_of(account_id: str, at: datetime) -> Passkey:
    """Return some passkey."""
    return Passkey(
        credential_id=b"k", account_id=account_id, public_key=b"p", sign_count=0, label="", created_at=at, used_at=None
    )


class TestFailures:
    """The pause and the lock hold for every name, and no parallel tries overtake the count."""

    async def test_ten_failures_pause(self, house: TestHouse, move: Move) -> None:
        """The eleventh try waits; the right password does not help before the pause is over."""
        await plant_account(house)
        signing = Signing(house.parts)
        for _ in range(10):
            with pytest.raises(SignInRefused):
                await signing.sign_in(await typed(house, password="wrong-password-1"))
        with pytest.raises(SignInPaused) as paused:
            await signing.sign_in(await typed(house))
        assert paused.value.facts["seconds"] == 1
        move(timedelta(seconds=2))
        assert await signing.sign_in(await typed(house))
        with pytest.raises(SignInRefused):  # the count begins anew after a success
            await signing.sign_in(await typed(house, password="wrong-password-1"))

    async def test_unknown_names_pause_alike(self, house: TestHouse) -> None:
        """The pause tells nobody which names exist."""
        signing = Signing(house.parts)
        attempt = await typed(house, username="nobody")
        for _ in range(10):
            with pytest.raises(SignInRefused):
                await signing.sign_in(attempt)
        with pytest.raises(SignInPaused):
            await signing.sign_in(attempt)

    async def test_a_hundred_lock(self, house: TestHouse, move: Move) -> None:
        """The lock stays after any pause, until somebody unlocks."""
        await plant_account(house)
        parts = house.parts
        subject = parts.sealer.lookup("staff-username", "wang.yan")
        for _ in range(LOCK_AT):
            async with parts.database.write() as tx:
                assert await parts.staff.take_attempt(tx, subject) is None
            move(timedelta(seconds=901))
        signing = Signing(parts)
        with pytest.raises(SignInLocked):
            await signing.sign_in(await typed(house))
        async with parts.database.write() as tx:
            assert await unlock(
                tx,
                "wang.yan",
                actor=OPERATOR,
                store=parts.staff,
                sealer=parts.sealer,
                ledger=parts.ledger,
                clock=parts.clock,
            )
        assert await signing.sign_in(await typed(house))

    async def test_parallel_guesses_do_not_overtake_the_count(self, house: TestHouse) -> None:
        """Forty tries at once: ten are judged, the rest wait."""
        parts = house.parts
        subject = parts.sealer.lookup("staff-username", "wang.yan")

        async def one() -> bool:
            async with parts.database.write() as tx:
                return await parts.staff.take_attempt(tx, subject) is None

        assert sum(await asyncio.gather(*(one() for _ in range(40)))) == 10

    async def test_control_counting_afterwards_lets_all_through(self, house: TestHouse) -> None:
        """Control: read the count, judge, count afterwards: parallel tries all see the count before them."""
        parts = house.parts
        subject = parts.sealer.lookup("staff-username", "wang.yan")
        gate = asyncio.Barrier(20)

        async def one() -> bool:
            async with parts.database.read() as reader:
                query = select(ATTEMPT.c.failures).where(ATTEMPT.c.subject == subject)
                seen = (await reader.execute(query)).scalar_one_or_none() or 0
            await gate.wait()
            async with parts.database.write() as tx:
                await parts.staff.take_attempt(tx, subject)
            return seen < 10

        assert sum(await asyncio.gather(*(one() for _ in range(20)))) == 20


class TestSessions:
    """Limits by the store's clock, ends, and what a change of password does to other browsers."""

    @pytest.mark.parametrize(("role", "minutes"), [(Role.COUNTER_CLERK, 30), (Role.AUDIT_ADMIN, 15)])
    async def test_idle(self, house: TestHouse, move: Move, role: Role, minutes: int) -> None:
        """A session lives while it is used and ends after its idle time."""
        token = await session_of(house, await plant_account(house, "wang.yan", role))
        signing = Signing(house.parts)
        for _ in range(3):
            move(timedelta(minutes=minutes - 1))
            await signing.find(token)
        move(timedelta(minutes=minutes, seconds=1))
        with pytest.raises(SessionEnded):
            await signing.find(token)

    async def test_absolute_end(self, house: TestHouse, move: Move) -> None:
        """Twelve hours end a session that was used all the time."""
        token = await session_of(house, await plant_account(house))
        signing = Signing(house.parts)
        for _ in range(12 * 3):
            await signing.find(token)
            move(timedelta(minutes=20))
        with pytest.raises(SessionEnded):
            await signing.find(token)

    async def test_use_is_written_at_most_every_thirty_seconds(self, house: TestHouse, move: Move) -> None:
        """A burst of requests writes nothing; after half a minute one of them does."""
        token = await session_of(house, await plant_account(house))
        parts = house.parts
        async with parts.database.write() as tx:
            assert not await parts.staff.touch_session(tx, token_hash(token))
        move(timedelta(seconds=31))
        async with parts.database.write() as tx:
            assert await parts.staff.touch_session(tx, token_hash(token))
            assert not await parts.staff.touch_session(tx, token_hash(token))

    async def test_sign_out(self, house: TestHouse) -> None:
        """The token is worth nothing afterwards; twice is no mistake; the ledger has one entry."""
        token = await session_of(house, await plant_account(house))
        signing = Signing(house.parts)
        await signing.sign_out(token)
        await signing.sign_out(token)
        with pytest.raises(SessionEnded):
            await signing.find(token)
        assert [e.act.value for e in await entries(house)].count("staff:session:closed") == 1

    async def test_a_closed_account_has_no_session(self, house: TestHouse) -> None:
        """Closing an account ends its sessions at once."""
        account = await plant_account(house)
        token = await session_of(house, account)
        async with house.parts.database.write() as tx:
            await tx.execute(ACCOUNT.update().values(state="closed"))
        async with house.parts.database.read() as reader:
            with pytest.raises(SessionEnded):
                await find_session(reader, token, store=house.parts.staff)
        with pytest.raises(SignInRefused):
            await Signing(house.parts).sign_in(await typed(house))

    async def test_change_of_password(self, house: TestHouse) -> None:
        """The present browser stays, the others end; the old password is gone."""
        account = await plant_account(house)
        mine, other = await session_of(house, account), await session_of(house, account)
        signing = Signing(house.parts)
        session = await signing.find(mine)
        wanted = NewPassword(present=PASSWORD, wanted="third-willow-by-the-canal")
        assert await signing.change_password(session, mine, wanted) == 1
        await signing.find(mine)
        with pytest.raises(SessionEnded):
            await signing.find(other)
        with pytest.raises(SignInRefused):
            await signing.sign_in(await typed(house))
        assert await signing.sign_in(await typed(house, password="third-willow-by-the-canal"))

    async def test_a_wrong_present_password_changes_nothing(self, house: TestHouse) -> None:
        """And it counts as a failure."""
        token = await session_of(house, await plant_account(house))
        signing = Signing(house.parts)
        session = await signing.find(token)
        with pytest.raises(SignInRefused):
            await signing.change_password(session, token, NewPassword(present="no", wanted="third-willow-by-the-canal"))
        assert await signing.sign_in(await typed(house))
