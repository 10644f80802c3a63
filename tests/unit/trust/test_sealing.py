"""Sealed columns: what opens where, and look-ups."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhizhao.kernel.clock import HeldClock
from zhizhao.trust import file_provider, sealing
from zhizhao.trust.domestic.sm3 import sm3
from zhizhao.trust.errors import SealBroken
from zhizhao.trust.file_provider import FileKeys
from zhizhao.trust.keys import Purpose
from zhizhao.trust.sealing import Sealer, macs_alive

PLACE = {"table": "person", "column": "id_number", "row": "17"}
TEXT = "379900199001011234"


@pytest.fixture
def sealer(keys: FileKeys) -> Sealer:
    """Give a sealer."""
    return Sealer(keys)


class TestSeal:
    """There and back, at its own place only."""

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
    @given(text=st.text(), row=st.text())
    def test_there_and_back(self, sealer: Sealer, text: str, row: str) -> None:
        """Any text, any row."""
        sealed = sealer.seal(text, table="t", column="c", row=row)
        assert sealer.open(sealed, table="t", column="c", row=row) == text
        assert len(sealed) == len(text.encode()) + 105
        assert sealed[0] == 1

    def test_equal_texts_look_different(self, sealer: Sealer) -> None:
        """Nothing is to be learnt by comparing rows."""
        assert len({sealer.seal(TEXT, **PLACE) for _ in range(50)}) == 50

    def test_the_text_is_not_in_the_bytes(self, sealer: Sealer) -> None:
        """Not even in part."""
        assert TEXT[:6].encode() not in sealer.seal(TEXT, **PLACE)

    @pytest.mark.parametrize(
        "moved",
        [
            *(
                {"table": "staff"},
                {"column": "phone"},
                {"row": "18"},
                {"row": ""},
                {"row": "1", "column": "id_number7"},
            ),
            *({"table": "personi", "column": "d_number"}, {"table": "", "column": "personid_number"}),
        ],
    )
    def test_moved_values_do_not_open(self, sealer: Sealer, moved: dict[str, str]) -> None:
        """A value copied to another table, column or row is broken, however the names are cut."""
        sealed = sealer.seal(TEXT, **PLACE)
        with pytest.raises(SealBroken):
            sealer.open(sealed, **{**PLACE, **moved})

    def test_every_flipped_bit_is_found(self, sealer: Sealer) -> None:
        """Version, key, nonce, text and tag."""
        sealed = sealer.seal(TEXT, **PLACE)
        for place in range(len(sealed)):
            altered = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
            with pytest.raises(SealBroken):
                sealer.open(altered, **PLACE)

    @pytest.mark.parametrize("length", [0, 1, 17, 76, 77, 88, 89, 100])
    def test_cut_values_are_found(self, sealer: Sealer, length: int) -> None:
        """Cut anywhere."""
        with pytest.raises(SealBroken):
            sealer.open(sealer.seal(TEXT, **PLACE)[:length], **PLACE)

    def test_control_without_the_place(self, sealer: Sealer, monkeypatch: pytest.MonkeyPatch) -> None:
        """Control: if the place were not authenticated, a moved value would open."""
        monkeypatch.setattr(sealing, "_place", lambda *_: b"")
        assert sealer.open(sealer.seal(TEXT, **PLACE), table="x", column="y", row="z") == TEXT


class TestKeys:
    """Data keys come and go."""

    def test_another_process_opens(self, sealer: Sealer, opened_again: FileKeys) -> None:
        """The wrapped data key travels with the value."""
        assert Sealer(opened_again).open(sealer.seal(TEXT, **PLACE), **PLACE) == TEXT

    def test_old_values_open_after_rotations(
        self, keys: FileKeys, held_clock: HeldClock, sealer: Sealer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Rotation and compromise alike; new values are under the new key."""
        monkeypatch.setattr(file_provider, "LOOK_SECONDS", 0.0)
        sealed = [sealer.seal(TEXT, **PLACE)]
        for compromised in (False, True):
            keys.rotate(Purpose.DATA, compromised=compromised)
            held_clock.move(seconds=10)
            sealed.append(sealer.seal(TEXT, **PLACE))
        assert len({value[1:17] for value in sealed}) == 3
        fresh = Sealer(keys)
        assert [fresh.open(value, **PLACE) for value in sealed] == [TEXT] * 3

    def test_a_key_of_another_installation(self, sealer: Sealer, tmp_path: Any, held_clock: HeldClock) -> None:
        """A value from elsewhere does not open, and says why."""
        other = Sealer(FileKeys.create(tmp_path / "other", b"pw", clock=held_clock, cost=None))
        with pytest.raises(SealBroken) as caught:
            sealer.open(other.seal(TEXT, **PLACE), **PLACE)
        assert caught.value.facts["reason"] == "its key is gone"

    def test_a_new_data_key_after_many_seals(self, sealer: Sealer, monkeypatch: pytest.MonkeyPatch) -> None:
        """One data key sees a bounded number of nonces."""
        monkeypatch.setattr(sealing, "SEALS_PER_KEY", 2)
        heads = [sealer.seal(TEXT, **PLACE)[:77] for _ in range(4)]
        assert heads[0] == heads[1] != heads[2] == heads[3]

    def test_remembers_a_bounded_number(self, sealer: Sealer, monkeypatch: pytest.MonkeyPatch) -> None:
        """The least used data key is unwrapped again."""
        monkeypatch.setattr(sealing, "SEALS_PER_KEY", 1)
        monkeypatch.setattr(sealing, "REMEMBERED_KEYS", 2)
        values = [sealer.seal(str(number), **PLACE) for number in range(4)]
        for _ in range(2):
            assert [sealer.open(value, **PLACE) for value in values] == ["0", "1", "2", "3"]
        assert len(sealer._opened) == 2
        assert sealer.open(values[-1], **PLACE) == "3"


class TestLookup:
    """Equal values of one kind find each other."""

    def test_equal_values(self, sealer: Sealer, opened_again: FileKeys) -> None:
        """In every process, as text or bytes."""
        found = sealer.lookup("id_number", TEXT)
        assert found == Sealer(opened_again).lookup("id_number", TEXT) == sealer.lookup("id_number", TEXT.encode())
        assert len(found) == 32

    def test_kinds_are_apart(self, sealer: Sealer) -> None:
        """The same text of two kinds, and texts that run together, differ."""
        values = [
            ("a", "bc"),
            ("ab", "c"),
            ("a", "b"),
            ("phone", TEXT),
            ("id_number", TEXT),
            ("1.a", "b"),
            ("1", ".ab"),
        ]
        assert len({sealer.lookup(kind, value) for kind, value in values}) == len(values)

    def test_a_document_is_found_by_its_number_or_its_digest(self, sealer: Sealer) -> None:
        """A register that sends SM3 instead of the number finds the same person."""
        assert sealer.lookup_document("id", TEXT) == sealer.lookup("id", sm3(TEXT.encode()))
        assert sealer.lookup_document("id", TEXT) != sealer.lookup("id", TEXT)

    def test_is_no_plain_hash(self, sealer: Sealer, tmp_path: Any, held_clock: HeldClock) -> None:
        """Another installation has other look-ups."""
        other = Sealer(FileKeys.create(tmp_path / "other", b"pw", clock=held_clock))
        assert other.lookup("id_number", TEXT) != sealer.lookup("id_number", TEXT)


def test_codes_are_found_over_a_rotation(
    keys: FileKeys, held_clock: HeldClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A code shown before, during or after a rotation is redeemed by one of the MACs alive."""
    monkeypatch.setattr(file_provider, "LOOK_SECONDS", 0.0)
    before = keys.mac(keys.current(Purpose.CODE), Purpose.CODE, b"code")
    assert macs_alive(keys, Purpose.CODE, b"code") == (before,)
    keys.rotate(Purpose.CODE)
    assert before in macs_alive(keys, Purpose.CODE, b"code")
    held_clock.at += timedelta(seconds=10)
    after = keys.mac(keys.current(Purpose.CODE), Purpose.CODE, b"code")
    assert macs_alive(keys, Purpose.CODE, b"code") == (after, before)
    held_clock.at += timedelta(days=4)
    assert macs_alive(keys, Purpose.CODE, b"code") == (after,)
