"""The file provider: one key per purpose, rotation with overlap, several processes."""

from datetime import timedelta
from pathlib import Path

import pytest

from zhizhao.kernel.clock import HeldClock
from zhizhao.trust import file_provider
from zhizhao.trust.errors import (
    DemoOnly,
    KeyFileDamaged,
    KeyNotUsable,
    KeyUnknown,
    PassphraseRefused,
    RotationRefused,
    SealBroken,
    TokenUntrusted,
)
from zhizhao.trust.file_provider import FileKeys, require_fit
from zhizhao.trust.jws import jwk_set, sign_compact, verify_compact
from zhizhao.trust.keys import SUITES, KeyProvider, KeyState, Purpose, Suite
from zhizhao.trust.ring.rotation import POLICIES

SIGNING = [purpose for purpose, suite in SUITES.items() if suite in {Suite.ES256, Suite.SM2}]
MACING = [purpose for purpose, suite in SUITES.items() if suite is Suite.HMAC_SHA256]
ROTATABLE = [purpose for purpose in Purpose if not POLICIES[purpose].rotation_refused]


def states(keys: FileKeys, purpose: Purpose) -> list[str]:
    """Return the states of a purpose's keys, oldest first."""
    return [info.state.value for info in keys.list(purpose)]


@pytest.fixture(autouse=True)
def look_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every call look at the file; one test below proves the one-second bound."""
    monkeypatch.setattr(file_provider, "LOOK_SECONDS", 0.0)


class TestPurposes:
    """One key per purpose, and none does another's work."""

    def test_implements_the_protocol(self, keys: FileKeys) -> None:
        """The file provider is what everybody is handed."""
        provider: KeyProvider = keys
        assert {info.purpose for info in provider.list()} == set(Purpose)
        assert len({info.kid for info in provider.list()}) == len(Purpose)
        assert {len(info.kid) for info in provider.list()} == {22, 43}

    @pytest.mark.parametrize("purpose", SIGNING)
    def test_signs_and_verifies(self, keys: FileKeys, opened_again: FileKeys, purpose: Purpose) -> None:
        """What one process signs another verifies; ES256 is 64 bytes, SM2 is DER."""
        kid = keys.current(purpose)
        signature = keys.sign(kid, purpose, b"message")
        opened_again.public(kid).verify(b"message", signature)
        assert len(signature) == 64 if SUITES[purpose] is Suite.ES256 else signature[0] == 0x30

    @pytest.mark.parametrize("purpose", MACING)
    def test_macs(self, keys: FileKeys, opened_again: FileKeys, purpose: Purpose) -> None:
        """The same data has the same 32 bytes in every process, and other bytes under every other purpose."""
        kid = keys.current(purpose)
        mac = keys.mac(kid, purpose, b"data")
        assert mac == opened_again.mac(kid, purpose, b"data")
        assert len({keys.mac(keys.current(p), p, b"data") for p in MACING}) == len(MACING)
        assert len(mac) == 32

    def test_wraps(self, keys: FileKeys, opened_again: FileKeys) -> None:
        """What one process wraps another unwraps; a changed byte does not."""
        kid = keys.current(Purpose.DATA)
        wrapped = keys.wrap(kid, Purpose.DATA, b"secret")
        assert opened_again.unwrap(kid, Purpose.DATA, wrapped) == b"secret"
        for altered in (wrapped[:-1] + bytes([wrapped[-1] ^ 1]), b"", wrapped[:13]):
            with pytest.raises(SealBroken):
                keys.unwrap(kid, Purpose.DATA, altered)

    def test_a_key_serves_its_own_purpose_only(self, keys: FileKeys) -> None:
        """Every key is unknown to every other purpose."""
        for info in keys.list():
            for other in set(Purpose) - {info.purpose}:
                with pytest.raises(KeyUnknown):
                    keys.sign(info.kid, other, b"")
                with pytest.raises(KeyUnknown):
                    keys.mac(info.kid, other, b"")
                with pytest.raises(KeyUnknown):
                    keys.public_for(info.kid, other)

    @pytest.mark.parametrize("purpose", Purpose)
    def test_a_suite_does_its_own_work_only(self, keys: FileKeys, purpose: Purpose) -> None:
        """A signing key does not wrap, a MAC key does not sign."""
        kid, suite = keys.current(purpose), SUITES[purpose]
        if suite not in {Suite.ES256, Suite.SM2}:
            with pytest.raises(KeyNotUsable):
                keys.sign(kid, purpose, b"")
            with pytest.raises(KeyUnknown):
                keys.public(kid)
        if suite is not Suite.HMAC_SHA256:
            with pytest.raises((KeyNotUsable, KeyUnknown)):
                keys.mac(kid, purpose, b"")
        if suite is not Suite.A256GCM:
            with pytest.raises(KeyNotUsable):
                keys.wrap(kid, purpose, b"")
            with pytest.raises((KeyNotUsable, KeyUnknown)):
                keys.unwrap(kid, purpose, b"")

    def test_the_wrong_passphrase(self, key_folder: Path, keys: FileKeys, held_clock: HeldClock) -> None:
        """A wrong passphrase opens nothing."""
        assert keys
        with pytest.raises(PassphraseRefused):
            FileKeys.open(key_folder, b"wrong", clock=held_clock)

    def test_a_new_passphrase(self, key_folder: Path, keys: FileKeys, held_clock: HeldClock) -> None:
        """Keys stay, the passphrase changes."""
        keys.change_passphrase(b"new", cost=None)
        again = FileKeys.open(key_folder, b"new", clock=held_clock)
        assert again.list() == keys.list()

    def test_keys_of_a_demonstration(self, key_folder: Path, held_clock: HeldClock) -> None:
        """They serve in demo mode only, after a rotation and a new passphrase too; real keys serve anywhere."""
        keys = FileKeys.create(key_folder, b"pw", clock=held_clock, demonstration=True)
        keys.rotate(Purpose.ISSUER, compromised=True)
        keys.change_passphrase(b"new")
        again = FileKeys.open(key_folder, b"new", clock=held_clock)
        require_fit(again, demo=True)
        with pytest.raises(DemoOnly):
            require_fit(again, demo=False)

    def test_real_keys_serve_anywhere(self, keys: FileKeys) -> None:
        """Nothing is refused."""
        for demo in (True, False):
            require_fit(keys, demo=demo)

    def test_a_purpose_without_a_key_is_refused(
        self, key_folder: Path, held_clock: HeldClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A file that lacks a purpose does not open (start-up check)."""
        monkeypatch.setattr(file_provider, "Purpose", [purpose for purpose in Purpose if purpose is not Purpose.CODE])
        with pytest.raises(KeyFileDamaged, match="code"):
            FileKeys.create(key_folder, b"pw", clock=held_clock)


class TestRotation:
    """Announced, current, verifying, retired; old artefacts verify until then."""

    @pytest.mark.parametrize("purpose", ROTATABLE)
    def test_the_whole_life(self, keys: FileKeys, held_clock: HeldClock, purpose: Purpose) -> None:
        """A rotation moves on by the clock alone."""
        old, policy = keys.current(purpose), POLICIES[purpose]
        made = keys.rotate(purpose)
        assert (made.state, made.current_at) == (KeyState.ANNOUNCED, held_clock.now() + policy.announce)
        assert states(keys, purpose) == ["current", "announced"]
        assert keys.live(purpose) == (old, made.kid)
        held_clock.move(seconds=policy.announce.total_seconds())
        assert keys.current(purpose) == made.kid
        assert states(keys, purpose) == ["verifying", "current"]
        assert keys.live(purpose) == (made.kid, old)
        held_clock.move(seconds=(policy.keep or timedelta(days=9999)).total_seconds())
        assert states(keys, purpose)[0] == ("retired" if policy.keep else "verifying")

    def test_old_tokens_verify_until_retired(self, keys: FileKeys, held_clock: HeldClock) -> None:
        """K1: a token of the old key verifies, cached or not, until the key retires, and not after."""
        token = sign_compact(keys, Purpose.OIDC, {"sub": "x"}, typ="JWT")

        def check() -> None:
            verify_compact(token, keys=keys, expected_purpose=Purpose.OIDC, expected_typ="JWT")

        check()
        keys.rotate(Purpose.OIDC)
        held_clock.move(hours=1)
        check()
        held_clock.move(hours=23, minutes=59)
        check()
        held_clock.move(minutes=1)
        with pytest.raises(TokenUntrusted):
            check()

    def test_control_retired_too_early(self, keys: FileKeys, monkeypatch: pytest.MonkeyPatch) -> None:
        """Control: with a rotation that withdraws the old key at once, the old token fails where it must not."""
        token = sign_compact(keys, Purpose.OIDC, {"sub": "x"}, typ="JWT")
        plain = keys.rotate
        monkeypatch.setattr(keys, "rotate", lambda purpose: plain(purpose, compromised=True))
        keys.rotate(Purpose.OIDC)
        with pytest.raises(TokenUntrusted):
            verify_compact(token, keys=keys, expected_purpose=Purpose.OIDC, expected_typ="JWT")

    def test_the_published_set_overlaps(self, keys: FileKeys, held_clock: HeldClock) -> None:
        """The JWKS shows the new key before it signs and the old one until it retires."""
        old = keys.current(Purpose.OIDC)

        def published() -> list[str]:
            return [key["kid"] for key in jwk_set(keys, [Purpose.OIDC])["keys"]]

        new = keys.rotate(Purpose.OIDC).kid
        assert published() == [old, new]
        held_clock.move(hours=1)
        assert published() == [new, old]
        held_clock.move(days=1)
        assert published() == [new]

    def test_a_compromise_is_immediate(self, keys: FileKeys) -> None:
        """The new key signs at once, the old one is nowhere, the epoch has moved on."""
        old, epoch = keys.current(Purpose.RECEIPT), keys.epoch
        made = keys.rotate(Purpose.RECEIPT, compromised=True)
        assert keys.current(Purpose.RECEIPT) == made.kid != old
        assert keys.live(Purpose.RECEIPT) == (made.kid,)
        assert keys.epoch > epoch
        with pytest.raises(KeyUnknown):
            keys.public(old)
        with pytest.raises(KeyUnknown):
            keys.sign(old, Purpose.RECEIPT, b"")

    def test_a_compromise_during_an_announcement(self, keys: FileKeys) -> None:
        """The announced key is withdrawn with the current one."""
        announced = keys.rotate(Purpose.RECEIPT).kid
        made = keys.rotate(Purpose.RECEIPT, compromised=True)
        assert keys.live(Purpose.RECEIPT) == (made.kid,)
        with pytest.raises(KeyUnknown):
            keys.public(announced)

    def test_stored_data_stays_readable_after_a_compromise(self, keys: FileKeys, held_clock: HeldClock) -> None:
        """The wrapping key is replaced but goes on opening."""
        old = keys.current(Purpose.DATA)
        wrapped = keys.wrap(old, Purpose.DATA, b"x")
        held_clock.move(seconds=1)
        made = keys.rotate(Purpose.DATA, compromised=True)
        assert keys.current(Purpose.DATA) == made.kid
        assert keys.unwrap(old, Purpose.DATA, wrapped) == b"x"

    def test_a_minute_of_grace(self, keys: FileKeys, held_clock: HeldClock) -> None:
        """A signature begun with the old key can be finished for one minute, not longer."""
        old = keys.current(Purpose.DOCUMENT_SEAL)
        keys.rotate(Purpose.DOCUMENT_SEAL)
        held_clock.move(hours=1, seconds=59)
        keys.sign(old, Purpose.DOCUMENT_SEAL, b"")
        held_clock.move(seconds=1)
        with pytest.raises(KeyUnknown):
            keys.sign(old, Purpose.DOCUMENT_SEAL, b"")
        keys.public(old)

    def test_a_longer_announcement(self, keys: FileKeys, held_clock: HeldClock) -> None:
        """A key may wait for its certificate, but is never announced shorter than caches live."""
        made = keys.rotate(Purpose.DOCUMENT_SEAL, announce=timedelta(days=9))
        assert made.current_at == held_clock.now() + timedelta(days=9)
        made = keys.rotate(Purpose.ISSUER, announce=timedelta(seconds=1))
        assert made.current_at == held_clock.now() + timedelta(hours=1)

    @pytest.mark.parametrize("purpose", [Purpose.LOOKUP, Purpose.PAIRWISE])
    def test_what_cannot_be_rotated(self, keys: FileKeys, purpose: Purpose) -> None:
        """Keys whose values are stored everywhere say why they stay."""
        for compromised in (False, True):
            with pytest.raises(RotationRefused):
                keys.rotate(purpose, compromised=compromised)

    def test_one_rotation_at_a_time(self, keys: FileKeys) -> None:
        """A second announcement is refused while one is waiting, and changes nothing."""
        keys.rotate(Purpose.OIDC)
        before = keys.epoch
        with pytest.raises(RotationRefused):
            keys.rotate(Purpose.OIDC)
        assert keys.epoch == before

    def test_needless_private_keys_are_dropped(self, keys: FileKeys, held_clock: HeldClock) -> None:
        """At a later change, keys that only verify keep no private half; those that open keep theirs."""
        for purpose in (Purpose.OIDC, Purpose.ISSUER_SM2, Purpose.CODE):
            keys.rotate(purpose)
        held_clock.move(hours=2)
        token = keys.current(Purpose.ISSUER_SM2)
        keys.rotate(Purpose.ACCESS)
        kept = {key.kid: key.secret for key in keys._file.read().keys}
        for purpose in (Purpose.OIDC, Purpose.ISSUER_SM2):
            assert kept[keys.list(purpose)[0].kid] == b""
        assert kept[token]
        old_code = keys.list(Purpose.CODE)[0].kid
        assert kept[old_code]
        held_clock.move(days=5)
        keys.rotate(Purpose.COOKIE)
        assert {key.kid: key.secret for key in keys._file.read().keys}[old_code] == b""
        again = keys.public(keys.list(Purpose.ISSUER_SM2)[0].kid)
        assert again.suite is Suite.SM2
        with pytest.raises(KeyUnknown):
            keys.mac(old_code, Purpose.CODE, b"")

    def test_public_halves_survive_a_restart(self, key_folder: Path, keys: FileKeys, held_clock: HeldClock) -> None:
        """A process that starts after the private half was dropped still verifies."""
        old = {purpose: keys.current(purpose) for purpose in (Purpose.ISSUER, Purpose.ISSUER_SM2)}
        signatures = {purpose: keys.sign(kid, purpose, b"m") for purpose, kid in old.items()}
        for purpose in old:
            keys.rotate(purpose)
        held_clock.move(hours=2)
        keys.rotate(Purpose.ACCESS)
        again = FileKeys.open(key_folder, b"correct horse", clock=held_clock)
        for purpose, kid in old.items():
            again.public_for(kid, purpose).verify(b"m", signatures[purpose])


class TestClock:
    """A wrong clock neither revives nor disarms."""

    def test_the_clock_is_put_back(self, keys: FileKeys, held_clock: HeldClock) -> None:
        """A day before its birth the first key still signs; a withdrawn one stays withdrawn."""
        old = keys.current(Purpose.ISSUER)
        held_clock.move(days=-1)
        assert keys.current(Purpose.ISSUER) == old
        made = keys.rotate(Purpose.ISSUER, compromised=True)
        held_clock.move(days=-1)
        assert keys.live(Purpose.ISSUER) == (made.kid,)

    def test_the_announcement_comes_back(self, keys: FileKeys, held_clock: HeldClock) -> None:
        """If the clock is put back over the change-over, the old key is current again."""
        old = keys.current(Purpose.ISSUER)
        new = keys.rotate(Purpose.ISSUER).kid
        held_clock.move(hours=1)
        assert keys.current(Purpose.ISSUER) == new
        held_clock.move(minutes=-1)
        assert keys.current(Purpose.ISSUER) == old


class TestProcesses:
    """Other processes pick a change up."""

    def test_a_rotation_is_seen(self, keys: FileKeys, opened_again: FileKeys, held_clock: HeldClock) -> None:
        """Announced by one, used by both at the same moment."""
        new = keys.rotate(Purpose.ACCESS).kid
        held_clock.move(seconds=10)
        assert keys.current(Purpose.ACCESS) == opened_again.current(Purpose.ACCESS) == new
        assert keys.epoch == opened_again.epoch

    def test_looks_once_a_second(self, keys: FileKeys, opened_again: FileKeys, monkeypatch: pytest.MonkeyPatch) -> None:
        """Within a second the file is not even looked at; afterwards it is."""
        monkeypatch.setattr(file_provider, "LOOK_SECONDS", 1.0)
        seconds = iter([10.0, 10.0, 10.0, 10.5, 11.1, 11.1, 11.1, 11.1])
        monkeypatch.setattr(file_provider, "monotonic", lambda: next(seconds))
        opened_again._looked()
        looks = []
        stamp = opened_again._file.stamp
        monkeypatch.setattr(opened_again._file, "stamp", lambda: looks.append(1) or stamp())
        old = opened_again.current(Purpose.RECEIPT)
        new = keys.rotate(Purpose.RECEIPT, compromised=True).kid
        assert opened_again.current(Purpose.RECEIPT) == old
        assert looks == []
        assert opened_again.current(Purpose.RECEIPT) == new
        assert looks == [1]

    def test_an_unknown_kid_is_looked_for_at_once(
        self, keys: FileKeys, opened_again: FileKeys, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Data wrapped, and tokens signed, by a process that is ahead are understood without waiting."""
        monkeypatch.setattr(file_provider, "LOOK_SECONDS", 1000.0)
        opened_again._looked()
        data = keys.rotate(Purpose.DATA, compromised=True).kid
        assert opened_again.unwrap(data, Purpose.DATA, keys.wrap(data, Purpose.DATA, b"x")) == b"x"
        seal = keys.rotate(Purpose.RECEIPT, compromised=True).kid
        opened_again.public_for(seal, Purpose.RECEIPT).verify(b"m", keys.sign(seal, Purpose.RECEIPT, b"m"))
        made = keys.rotate(Purpose.ISSUER, compromised=True).kid
        assert opened_again.public(made).kid == made
        made = keys.rotate(Purpose.ACCESS, compromised=True).kid
        assert opened_again.sign(made, Purpose.ACCESS, b"m")
