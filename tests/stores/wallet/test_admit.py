"""A DPoP proof is spent once on both stores, in a batch as in a crowd."""

from collections import Counter
from datetime import timedelta

import pytest

from factories.devices import PhoneKey
from factories.wallets import KeptWallet, all_outcomes
from zhizhao.wallet.admit import AdmitLine, Admitted, Ask
from zhizhao.wallet.errors import DpopOutOfTime, DpopRefused, DpopReplayed

URL = "https://zhizhao.test/wallet/api/token"


def ask(wallet: KeptWallet, key: PhoneKey, **changes: object) -> Ask:
    """Return what a phone sends."""
    proof = key.proof("POST", URL, at=wallet.clock.now(), jti=str(changes.pop("jti", "")) or None)
    sent: dict[str, object] = {"proof": proof, "method": "POST", "url": URL, "token": None, **changes}
    return Ask(**sent)  # type: ignore[arg-type] # fields by name


@pytest.fixture
def line(wallet: KeptWallet) -> AdmitLine:
    """Give the line of one worker."""
    return AdmitLine(database=wallet.database, store=wallet.store)


async def test_a_phone_is_known_by_its_key(wallet: KeptWallet, line: AdmitLine) -> None:
    """An enrolled phone comes with its device and its owner; a key without a device is admitted as a key."""
    key, device = await wallet.phone()
    admitted = await line.admit(ask(wallet, key), now=wallet.clock.now())
    assert admitted.standing is not None
    assert admitted.standing.device.device_id == device.device_id
    assert admitted.standing.person.name == "张三恕"
    stranger = await line.admit(ask(wallet, PhoneKey()), now=wallet.clock.now())
    assert stranger.standing is None


async def test_one_proof_sixty_four_times(wallet: KeptWallet, line: AdmitLine) -> None:
    """The same proof sent sixty-four times at once, by two workers: admitted exactly once."""
    key, _ = await wallet.phone()
    sent = ask(wallet, key)
    other = AdmitLine(database=wallet.database, store=wallet.store)
    got = await all_outcomes(*(one.admit(sent, now=wallet.clock.now()) for one in (line, other) for _ in range(32)))
    assert Counter(type(outcome) for outcome in got) == {Admitted: 1, DpopReplayed: 63}


async def test_different_proofs_all_pass(wallet: KeptWallet, line: AdmitLine) -> None:
    """The control: sixty-four different proofs at once are all admitted, and two keys may use the same id."""
    key, _ = await wallet.phone()
    sent = [ask(wallet, key) for _ in range(64)] + [ask(wallet, PhoneKey(), jti="same"), ask(wallet, key, jti="same")]
    got = await all_outcomes(*(line.admit(one, now=wallet.clock.now()) for one in sent))
    assert Counter(type(outcome) for outcome in got) == {Admitted: 66}


@pytest.mark.parametrize(
    "changes",
    [
        {"proof": None},
        {"proof": "no token"},
        {"method": "GET"},
        {"url": "https://zhizhao.test/wallet/api/unlock"},
        {"url": "https://attacker.test/wallet/api/token"},
        {"token": "a token that the proof does not name"},
    ],
    ids=["no-proof", "no-jws", "method", "path", "origin", "ath"],
)
async def test_refused(wallet: KeptWallet, line: AdmitLine, changes: dict[str, object]) -> None:
    """A proof that is not for exactly this request is refused and spends nothing."""
    key, _ = await wallet.phone()
    with pytest.raises(DpopRefused):
        await line.admit(ask(wallet, key, **changes), now=wallet.clock.now())


@pytest.mark.parametrize("seconds", [-61, 61])
async def test_out_of_time(wallet: KeptWallet, line: AdmitLine, seconds: int) -> None:
    """A proof of another minute is refused by a name that tells the phone to set its clock right."""
    key, _ = await wallet.phone()
    with pytest.raises(DpopOutOfTime):
        await line.admit(ask(wallet, key), now=wallet.clock.now() + timedelta(seconds=seconds))


async def test_forgotten_when_too_old_to_count(wallet: KeptWallet, line: AdmitLine) -> None:
    """The store forgets proofs that their own time already refuses."""
    key, _ = await wallet.phone()
    await line.admit(ask(wallet, key), now=wallet.clock.now())
    async with wallet.database.write() as connection:
        await connection.exec_driver_sql("UPDATE wallet_dpop_seen SET expires_at = 1")
        assert await wallet.store.forget(connection) == 1
