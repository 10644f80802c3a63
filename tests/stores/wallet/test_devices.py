"""Devices and PINs on both stores: one phone a person, counted guesses, no dead end, no way back for the old one."""

from collections import Counter

import pytest
from sqlalchemy import text

from factories.devices import PhoneKey
from factories.wallets import ID_NUMBER, NAME, OTHER_NUMBER, OTHER_PIN, PIN, KeptWallet, all_outcomes
from zhizhao.kernel.actor import Actor, ActorKind
from zhizhao.ledger.entry import Act
from zhizhao.wallet.device import Device, DeviceState
from zhizhao.wallet.enrol import Enrolled
from zhizhao.wallet.errors import (
    DeviceFrozen,
    DeviceKeyRefused,
    DeviceRetired,
    DeviceRevoked,
    DeviceUnknown,
    PersonMismatch,
    PinDelayed,
    PinLocked,
    PinWeak,
    PinWrong,
    ProofNeeded,
)
from zhizhao.wallet.lose import lose
from zhizhao.wallet.proving.proof import SlipClaim
from zhizhao.wallet.revoke_device import revoke_device


async def wait_over(wallet: KeptWallet) -> None:
    """Let every delay be over, as time does."""
    async with wallet.database.write() as connection:
        await connection.execute(text("UPDATE wallet_device SET next_try_at = 0"))


async def wrong_pins(wallet: KeptWallet, key: PhoneKey, times: int) -> None:
    """Try a wrong PIN a few times, waiting each delay out."""
    for _ in range(times):
        with pytest.raises((PinWrong, PinLocked)):
            await wallet.unlock(key, OTHER_PIN)
        await wait_over(wallet)


async def lost(wallet: KeptWallet, device: Device) -> tuple[str, ...]:
    """Report a person's phone lost."""
    async with wallet.database.write() as connection:
        return await lose(
            connection,
            device.person_id,
            act=Act.PUBLIC_WALLET_FROZEN,
            because="lost",
            actor=Actor(ActorKind.PERSON, device.person_id),
            store=wallet.store,
            ledger=wallet.ledger,
            outbox=wallet.outbox,
            clock=wallet.clock,
        )


class TestEnrol:
    """A proved person gets one phone."""

    async def test_enrolled(self, wallet: KeptWallet) -> None:
        """The device is active, its owner proved, and the ledger and the outbox say so."""
        key, device = await wallet.phone()
        found = await wallet.device(key)
        assert (found.state, found.number, found.public_jwk) == (DeviceState.ACTIVE, 1, key.jwk)
        assert found.device_id == device.device_id
        assert (await wallet.acts())[-1] == "wallet:device:enrolled"
        assert [e["kind"] for e in await wallet.events()] == ["wallet.device.enrolled.v1"]

    async def test_weak_pin_spends_nothing(self, wallet: KeptWallet) -> None:
        """A weak PIN is refused before the proof is used; the next try goes through."""
        key = PhoneKey()
        proof = await wallet.proof(key)
        for pin in ("123456", "880721", "abcdef"):
            with pytest.raises(PinWeak):
                await wallet.enrol(key, proof, pin=pin)
        assert (await wallet.enrol(key, proof)).name == NAME

    async def test_new_phone_retires_the_old(self, wallet: KeptWallet) -> None:
        """The second phone takes the first one's place, which is told by name and in the events."""
        old, first = await wallet.phone()
        _, second = await wallet.phone()
        assert (await wallet.device(old)).state is DeviceState.RETIRED
        assert second.person_id == first.person_id
        with pytest.raises(DeviceRetired):
            await wallet.unlock(old)
        ended = [e for e in await wallet.events() if e["kind"] == "wallet.device.ended.v1"]
        assert [(e["device_id"], e["state"]) for e in ended] == [(first.device_id, "retired")]

    async def test_cap_under_parallel_enrolments(self, wallet: KeptWallet) -> None:
        """Sixteen phones of one person at once: as many stay as the cap says, the newest ones."""
        keys = [PhoneKey() for _ in range(16)]
        proofs = [await wallet.proof(key) for key in keys]
        pairs = zip(keys, proofs, strict=True)
        got = await all_outcomes(*(wallet.enrol(key, proof, cap=2) for key, proof in pairs))
        assert all(isinstance(outcome, Enrolled) for outcome in got)
        async with wallet.database.read() as connection:
            devices = await wallet.store.devices_of(connection, got[0].device.person_id)
        active = [d.number for d in devices if d.state is DeviceState.ACTIVE]
        assert [d.number for d in devices] == list(range(16, 0, -1))
        assert active == [16, 15]

    async def test_proof_is_used_once(self, wallet: KeptWallet) -> None:
        """One proof, eight enrolments at once with the same key: one device."""
        key = PhoneKey()
        proof = await wallet.proof(key)
        got = await all_outcomes(*(wallet.enrol(key, proof) for _ in range(8)))
        assert Counter(type(outcome) for outcome in got) == {Enrolled: 1, ProofNeeded: 7}

    async def test_key_taken(self, wallet: KeptWallet) -> None:
        """A key that is registered cannot be registered for another person; the proof stays usable elsewhere."""
        key, _ = await wallet.phone()
        with pytest.raises(DeviceKeyRefused):
            await wallet.enrol(key, await wallet.proof(key, "李四信", OTHER_NUMBER))

    async def test_two_people(self, wallet: KeptWallet) -> None:
        """Two documents are two people, each with a phone."""
        one, _ = await wallet.phone()
        two, _ = await wallet.phone("李四信", OTHER_NUMBER)
        assert (await wallet.device(one)).state is DeviceState.ACTIVE
        assert (await wallet.device(one)).person_id != (await wallet.device(two)).person_id


class TestUnlock:
    """Guesses are counted before they are looked at."""

    async def test_right_pin(self, wallet: KeptWallet) -> None:
        """The right PIN opens and forgets earlier wrong ones."""
        key, device = await wallet.phone()
        await wrong_pins(wallet, key, 2)
        assert (await wallet.unlock(key)).device_id == device.device_id
        assert (await wallet.device(key)).pin_failures == 0

    async def test_delay_grows(self, wallet: KeptWallet) -> None:
        """The third wrong PIN brings a wait, in which even the right one is not looked at."""
        key, _ = await wallet.phone()
        for _ in range(3):
            with pytest.raises(PinWrong):
                await wallet.unlock(key, OTHER_PIN)
        with pytest.raises(PinDelayed) as refused:
            await wallet.unlock(key)
        assert 1 <= refused.value.facts["retry_after"] <= 30
        await wait_over(wallet)
        assert await wallet.unlock(key)

    async def test_locked_then_reset(self, wallet: KeptWallet) -> None:
        """The last wrong PIN locks; no PIN opens; a new proof and a new PIN do. Never a dead end."""
        key, device = await wallet.phone()
        await wrong_pins(wallet, key, 4)
        with pytest.raises(PinLocked):
            await wallet.unlock(key, OTHER_PIN)
        await wait_over(wallet)
        with pytest.raises(PinLocked):
            await wallet.unlock(key)
        assert (await wallet.acts())[-1] == "wallet:pin:locked"
        assert [e["kind"] for e in await wallet.events()][-1] == "wallet.pin.locked.v1"
        reset = await wallet.reset_pin(key, await wallet.proof(key))
        assert reset.device_id == device.device_id
        assert (await wallet.unlock(key, OTHER_PIN)).device_id == device.device_id
        with pytest.raises(PinWrong):
            await wallet.unlock(key, PIN)

    async def test_sixty_four_guesses_at_once(self, wallet: KeptWallet) -> None:
        """Sixty-four guesses at once: not one more is looked at than the count allows."""
        key, _ = await wallet.phone()
        guesses = [f"{n:06d}" for n in range(604_900, 604_964)]
        got = await all_outcomes(*(wallet.unlock(key, guess) for guess in guesses))
        looked_at = [o for o in got if isinstance(o, (PinWrong, PinLocked)) and "left" in o.facts]
        assert len(looked_at) <= 3
        assert (await wallet.device(key)).pin_failures <= 3

    async def test_unknown_key(self, wallet: KeptWallet) -> None:
        """A key without a device."""
        with pytest.raises(DeviceUnknown):
            await wallet.unlock(PhoneKey())

    async def test_change(self, wallet: KeptWallet) -> None:
        """The old PIN changes the PIN; a wrong old one counts; a weak new one is refused."""
        key, _ = await wallet.phone()
        with pytest.raises(PinWrong):
            await wallet.change_pin(key, OTHER_PIN, "604913")
        assert (await wallet.device(key)).pin_failures == 1
        with pytest.raises(PinWeak):
            await wallet.change_pin(key, PIN, "880721")
        await wallet.change_pin(key)
        assert await wallet.unlock(key, OTHER_PIN)

    async def test_reset_by_somebody_else(self, wallet: KeptWallet) -> None:
        """A proof of another person does not reset the PIN, whoever holds the phone."""
        key, _ = await wallet.phone()
        stranger = await wallet.proof(key, "李四信", OTHER_NUMBER)
        with pytest.raises(PersonMismatch):
            await wallet.reset_pin(key, stranger)
        assert await wallet.unlock(key)


class TestLose:
    """A lost phone is stopped from elsewhere and comes back by proving oneself."""

    async def test_frozen_then_revived(self, wallet: KeptWallet) -> None:
        """Frozen at once; freezing twice is no error; a proof on the phone lifts it and may set a new PIN with it."""
        key, device = await wallet.phone()
        assert await lost(wallet, device) == (device.device_id,)
        assert await lost(wallet, device) == ()
        with pytest.raises(DeviceFrozen):
            await wallet.unlock(key)
        await wallet.reset_pin(key, await wallet.proof(key))
        assert (await wallet.device(key)).state is DeviceState.ACTIVE
        assert (await wallet.acts())[-2:] == ["wallet:device:unfrozen", "wallet:pin:reset"]

    async def test_new_phone_instead(self, wallet: KeptWallet) -> None:
        """A new phone retires the frozen one for good: found again, it stays dead."""
        key, device = await wallet.phone()
        await lost(wallet, device)
        await wallet.phone()
        slip = await wallet.slip()
        proof = await wallet.prove(SlipClaim(code=slip.code, document_number=ID_NUMBER), key)
        with pytest.raises(DeviceRetired):
            await wallet.reset_pin(key, proof)

    async def test_revoked_is_final(self, wallet: KeptWallet) -> None:
        """A device that was signed off has no way back, and nobody signs off another person's."""
        key, device = await wallet.phone()
        async with wallet.database.write() as connection:
            tools = {
                "store": wallet.store,
                "ledger": wallet.ledger,
                "outbox": wallet.outbox,
                "clock": wallet.clock,
            }
            with pytest.raises(DeviceUnknown):
                await revoke_device(connection, device.device_id, person_id="per_somebody_else", **tools)
            await revoke_device(connection, device.device_id, person_id=device.person_id, **tools)
        with pytest.raises(DeviceRevoked):
            await wallet.unlock(key)
        with pytest.raises(DeviceRevoked):
            await wallet.reset_pin(key, await wallet.proof(key))
