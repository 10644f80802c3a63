"""Slips on both stores: one person, once, by one key, however many ask at once."""

import asyncio
from collections import Counter

import pytest
from sqlalchemy import text

from factories.devices import PhoneKey
from factories.wallets import ID_NUMBER, NAME, OTHER_NUMBER, KeptWallet, all_outcomes
from zhizhao.kernel.errors import IdNumberMalformed
from zhizhao.wallet.errors import (
    ProofNeeded,
    RealNameRefused,
    RealNameUnavailable,
    SlipExpired,
    SlipMalformed,
    SlipMismatch,
    SlipUnknown,
    SlipUsed,
    SlipVoid,
)
from zhizhao.wallet.proving.proof import Proof, ProofKind, RealNameClaim, SlipClaim
from zhizhao.wallet.real_name import DemoRealName
from zhizhao.wallet.slip import TRIES, in_groups, new_slip_code


def claim(code: str, number: str = ID_NUMBER) -> SlipClaim:
    """Return the claim of a slip."""
    return SlipClaim(code=code, document_number=number)


class TestProveBySlip:
    """A slip becomes one proof."""

    async def test_proof(self, wallet: KeptWallet) -> None:
        """The right number turns the slip into a proof of the person the clerk saw, and the ledger tells both steps."""
        slip = await wallet.slip()
        proof = await wallet.prove(claim(in_groups(slip.code).lower()), PhoneKey())
        assert (proof.name, proof.document.number, proof.kind) == (NAME, ID_NUMBER, ProofKind.SLIP)
        assert await wallet.acts() == ["operator:slip:made", "wallet:person:proved"]

    async def test_nothing_personal_is_kept_in_clear(self, wallet: KeptWallet) -> None:
        """Neither code, name nor number stands in any table, the ledger included."""
        key = PhoneKey()
        proof = await wallet.proof(key)
        await wallet.enrol(key, proof)
        slip = await wallet.slip()
        async with wallet.database.read() as connection:
            for table in ("wallet_slip", "wallet_proof", "wallet_person", "wallet_device", "ledger_entry", "outbox"):
                rows = (await connection.execute(text(f"SELECT * FROM {table}"))).all()  # noqa: S608 own names
                assert rows
                kept = b"|".join(v if isinstance(v, bytes) else str(v).encode() for row in rows for v in row)
                for secret in (slip.code, NAME, ID_NUMBER, ID_NUMBER[6:14]):
                    assert secret.encode() not in kept, table

    async def test_sixty_four_at_once(self, wallet: KeptWallet) -> None:
        """Sixty-four phones with the same slip and number: exactly one gets a proof."""
        slip = await wallet.slip()
        got = await all_outcomes(*(wallet.prove(claim(slip.code), PhoneKey()) for _ in range(64)))
        kinds = Counter(type(outcome) for outcome in got)
        assert kinds == {Proof: 1, SlipUsed: 63}

    async def test_control_read_then_write(self, wallet: KeptWallet) -> None:
        """The control: asking first and writing after lets more than one through, so the race above is real."""
        slip = await wallet.slip()
        lookup = wallet.sealer.lookup_document("id_card", ID_NUMBER)
        asked = asyncio.Barrier(8)  # the window between asking and writing, as wide as it can be

        async def careless() -> bool:
            async with wallet.database.read() as connection:
                open_ = await connection.execute(
                    text("SELECT count(*) FROM wallet_slip WHERE redeemed_at IS NULL AND id_lookup = :l"), {"l": lookup}
                )
                if not open_.scalar_one():
                    return False
            await asked.wait()
            async with wallet.database.write() as connection:
                await connection.execute(text("UPDATE wallet_slip SET redeemed_at = 1"))
            return True

        assert slip.code
        assert sum(await all_outcomes(*(careless() for _ in range(8)))) > 1

    async def test_the_same_key_asks_again(self, wallet: KeptWallet) -> None:
        """A lost answer costs no slip: the key that spent it gets the same proof; with another number it does not."""
        slip, key = await wallet.slip(), PhoneKey()
        first = await wallet.prove(claim(slip.code), key)
        assert (await wallet.prove(claim(slip.code), key)).proof_id == first.proof_id
        with pytest.raises(SlipUsed):
            await wallet.prove(claim(slip.code, OTHER_NUMBER), key)
        with pytest.raises(SlipUsed):
            await wallet.prove(claim(slip.code), PhoneKey())
        await wallet.enrol(key, first)
        with pytest.raises(SlipUsed):
            await wallet.prove(claim(slip.code), key)


class TestRefusals:
    """Each way to be wrong has its own name and spends what it should."""

    async def test_wrong_number_is_counted_then_void(self, wallet: KeptWallet) -> None:
        """Wrong numbers are counted; the last one voids the slip, even for the right person, and is written down."""
        slip = await wallet.slip()
        for left in range(TRIES - 1, 0, -1):
            with pytest.raises(SlipMismatch) as refused:
                await wallet.prove(claim(slip.code, OTHER_NUMBER), PhoneKey())
            assert refused.value.facts["tries_left"] == left
        with pytest.raises(SlipVoid):
            await wallet.prove(claim(slip.code, OTHER_NUMBER), PhoneKey())
        with pytest.raises(SlipVoid):
            await wallet.prove(claim(slip.code), PhoneKey())
        assert (await wallet.acts())[1:] == ["wallet:slip:voided"]

    async def test_many_wrong_numbers_at_once(self, wallet: KeptWallet) -> None:
        """Sixty-four guesses at once are no more than the slip's tries."""
        slip = await wallet.slip()
        got = await all_outcomes(*(wallet.prove(claim(slip.code, OTHER_NUMBER), PhoneKey()) for _ in range(64)))
        kinds = Counter(type(outcome) for outcome in got)
        assert kinds == {SlipMismatch: TRIES - 1, SlipVoid: 64 - TRIES + 1}

    async def test_right_after_wrong(self, wallet: KeptWallet) -> None:
        """A slip with tries left still proves its person."""
        slip = await wallet.slip()
        with pytest.raises(SlipMismatch):
            await wallet.prove(claim(slip.code, OTHER_NUMBER), PhoneKey())
        assert (await wallet.prove(claim(slip.code), PhoneKey())).name == NAME

    async def test_shape_spends_nothing(self, wallet: KeptWallet) -> None:
        """A mistyped code or number is told before any try is counted."""
        slip = await wallet.slip()
        for _ in range(TRIES + 1):
            with pytest.raises(SlipMalformed):
                await wallet.prove(claim(slip.code[:-1]), PhoneKey())
            with pytest.raises(IdNumberMalformed):
                await wallet.prove(claim(slip.code, ID_NUMBER[:-1] + "0"), PhoneKey())
        assert (await wallet.prove(claim(slip.code), PhoneKey())).name == NAME

    async def test_unknown(self, wallet: KeptWallet) -> None:
        """A good code that nobody made."""
        with pytest.raises(SlipUnknown):
            await wallet.prove(claim(new_slip_code()), PhoneKey())

    async def test_expired(self, wallet: KeptWallet) -> None:
        """A slip past its life, by the store's clock."""
        slip = await wallet.slip(minutes=-1)
        with pytest.raises(SlipExpired):
            await wallet.prove(claim(slip.code), PhoneKey())

    async def test_proof_past_its_life(self, wallet: KeptWallet) -> None:
        """A proof is refused once its seconds are over."""
        key = PhoneKey()
        proof = await wallet.proof(key, seconds=-1)
        with pytest.raises(ProofNeeded):
            await wallet.enrol(key, proof)

    async def test_proof_of_another_key(self, wallet: KeptWallet) -> None:
        """A proof is of no use to another phone."""
        proof = await wallet.proof(PhoneKey())
        with pytest.raises(ProofNeeded):
            await wallet.enrol(PhoneKey(), proof)

    async def test_rotated_code_key(self, wallet: KeptWallet) -> None:
        """A slip printed before a rotation of the code key still proves its person."""
        slip = await wallet.slip()
        wallet.keys.rotate(next(k.purpose for k in wallet.keys.list() if k.purpose == "code"))
        assert (await wallet.prove(claim(slip.code), PhoneKey())).name == NAME


class TestRealName:
    """The second way in."""

    async def test_no_provider(self, wallet: KeptWallet) -> None:
        """Without a provider the way is closed, by name."""
        with pytest.raises(RealNameUnavailable):
            await wallet.prove(RealNameClaim(name=NAME, document_number=ID_NUMBER), PhoneKey())

    async def test_demo(self, wallet: KeptWallet) -> None:
        """The stand-in lets a well-formed person in and can show a refusal; the ledger names the stand-in."""
        wallet.provider = DemoRealName(demo=True)
        key = PhoneKey()
        proof = await wallet.prove(RealNameClaim(name=NAME, document_number=ID_NUMBER), key)
        assert (proof.kind, proof.name) == (ProofKind.REAL_NAME, NAME)
        with pytest.raises(RealNameRefused):
            await wallet.prove(RealNameClaim(name="张三不符", document_number=ID_NUMBER), key)
        assert (await wallet.enrol(key, proof)).name == NAME

    async def test_forget(self, wallet: KeptWallet) -> None:
        """What is past its life is deleted; what lives stays."""
        await wallet.proof(PhoneKey(), seconds=-1)
        alive, key = await wallet.slip(), PhoneKey()
        async with wallet.database.write() as connection:
            assert await wallet.store.forget(connection) == 1
        assert await wallet.prove(claim(alive.code), key)
