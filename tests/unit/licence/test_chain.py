"""The hash chain over version rows."""

from datetime import timedelta
from typing import Any

import pytest

from factories.changed import changed
from factories.licences import a_licence, an_entity
from zhizhao.licence.chain import FIRST, check_chain
from zhizhao.licence.errors import ChainBroken
from zhizhao.licence.licence import Licence
from zhizhao.licence.status import LicenceStatus
from zhizhao.trust.file_provider import FileKeys


@pytest.fixture
def versions(keys: FileKeys) -> list[Licence]:
    """Give three versions of one licence."""
    made: list[Licence] = []
    for number in (1, 2, 3):
        previous = made[-1].row_hash if made else FIRST
        made.append(a_licence(keys, version=number, previous_hash=previous, place=(1, number)))
    return made


class TestCheckChain:
    """Whatever is changed in a row shows, with its number."""

    def test_untouched(self, versions: list[Licence]) -> None:
        """The control: the last hash comes back; no versions give the beginning."""
        assert check_chain(versions) == versions[-1].row_hash
        assert check_chain([]) == FIRST

    def test_status_is_no_part_of_it(self, versions: list[Licence]) -> None:
        """A version row stays as it was made; what became of it is told elsewhere."""
        assert check_chain([changed(versions[0], status=LicenceStatus.CHANGED), *versions[1:]])

    @pytest.mark.parametrize(
        "change",
        [
            {"uscc": "91370800MAT000034H"},
            {"identifier": "x"},
            {"registry_version": 9},
            {"list_number": 2},
            {"list_index": 99},
            {"credential": "x~"},
            {"sm2_signature": b""},
            {"row_hash": bytes(32)},
        ],
        ids=lambda change: next(iter(change)),
    )
    def test_any_changed_fact(self, change: dict[str, Any], versions: list[Licence]) -> None:
        """Named with the version at which it differs."""
        versions[1] = changed(versions[1], **change)
        with pytest.raises(ChainBroken) as caught:
            check_chain(versions)
        assert caught.value.facts["version"] == 2

    def test_the_moment_and_the_face(self, versions: list[Licence]) -> None:
        """Facts that are nouns themselves."""
        moved = changed(versions[1], issued_at=versions[1].issued_at + timedelta(microseconds=1))
        other = changed(versions[1], face=changed(versions[1].face, items=versions[1].face.items[:-1]))
        named = changed(versions[1], face=changed(versions[1].face, registrar="他处"))
        for damaged in (moved, other, named):
            with pytest.raises(ChainBroken):
                check_chain([versions[0], damaged, versions[2]])

    def test_lost_swapped_and_unchained(self, versions: list[Licence], keys: FileKeys) -> None:
        """A row taken out, two swapped, and one put in the place of another with a right hash of its own."""
        first, second, third = versions
        foreign = a_licence(keys, an_entity(registrar="他处"), version=2, previous_hash=bytes(32), place=(1, 2))
        for damaged, reason in (
            ([first, third], "missing"),
            ([second, first, third], "missing"),
            ([first, foreign, third], "previous"),
        ):
            with pytest.raises(ChainBroken) as caught:
                check_chain(damaged)
            assert caught.value.facts["reason"] == reason
