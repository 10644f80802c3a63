"""Serials, versions inside them, and identifiers."""

import pytest

from factories.licences import OTHER_USCC, USCC, a_licence, an_entity
from zhizhao.kernel.identifier import parse_identifier
from zhizhao.licence.face import face_json
from zhizhao.licence.licence import CurrentLicence, serial_of, version_in_serial
from zhizhao.licence.status import LicenceStatus
from zhizhao.trust.file_provider import FileKeys


class TestIdentifier:
    """GB/T 36904 has three digits for the version; a licence may live longer."""

    @pytest.mark.parametrize(
        ("version", "serial", "inside"),
        [(1, "0001", 1), (999, "0001", 999), (1000, "0002", 1), (1998, "0002", 999), (1999, "0003", 1)],
    )
    def test_serials_and_versions(self, version: int, serial: str, inside: int) -> None:
        """After 999 versions a new serial begins."""
        assert serial_of(USCC, version) == USCC + serial
        assert version_in_serial(version) == inside

    def test_the_identifier_reads_back(self, keys: FileKeys) -> None:
        """Type, authority, serial and version are in it, with a good check."""
        found = parse_identifier(a_licence(keys, version=1001).identifier)
        assert (found.serial, found.version) == (f"{USCC}0002", 2)
        assert (found.authority, found.type_code) == ("11370800MBT000011G", "11100000MB0143028R001")

    def test_no_two_versions_share_one(self, keys: FileKeys) -> None:
        """Unique by construction, without a counter that all share."""
        made = {
            a_licence(keys, an_entity(uscc), version=version).identifier
            for uscc in (USCC, OTHER_USCC)
            for version in (1, 2, 999, 1000, 1001)
        }
        assert len(made) == 10


def test_the_hot_form_parses_its_face_when_asked(keys: FileKeys) -> None:
    """Redeem pays for the face only when it goes out."""
    licence = a_licence(keys)
    hot = CurrentLicence(
        uscc=USCC,
        identifier=licence.identifier,
        version=1,
        status=LicenceStatus.VALID,
        held=False,
        face_json=face_json(licence.face),
        registry_version=1,
        list_number=1,
        list_index=7,
    )
    assert hot.face == licence.face
