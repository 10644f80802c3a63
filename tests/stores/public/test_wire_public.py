"""The public door over a real installation: what it shows is what the register says, on both stores."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from factories.house import TestHouse, open_house
from zhizhao.app.parts import issuer_names
from zhizhao.app.wire_public import wire
from zhizhao.licence.credential import open_credential
from zhizhao.licence.errors import LicenceUnknown
from zhizhao.licence.licence import Licence
from zhizhao.licence.status import LicenceStatus
from zhizhao.registry.entity import EntityStatus
from zhizhao.trust.demo_authority import DemoAuthority
from zhizhao.trust.keys import Purpose
from zhizhao.verification.finding import Answer, Kind, Standing
from zhizhao.web.public.verbs import PublicVerbs


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[TestHouse]:
    """Give an installation with certificates."""
    async with open_house(database_url, tmp_path) as opened:
        parts = opened.parts
        DemoAuthority(tmp_path / "keys", parts.keys, clock=parts.clock, demo=True).ensure()
        yield opened


@pytest.fixture
def verbs(house: TestHouse) -> PublicVerbs:
    """Give the door's verbs, bound as the application binds them."""
    return wire(house.parts)


async def licence_of(house: TestHouse, uscc: str) -> Licence:
    """Return the current licence."""
    async with house.parts.database.read() as reader:
        found = await house.parts.licences.current(reader, uscc)
    assert found is not None
    return found


class TestDisplay:
    """`/d/{id}`."""

    async def test_it_shows_the_face_and_its_times(self, house: TestHouse, verbs: PublicVerbs) -> None:
        """The current face, in force, with the moment of asking and of the register."""
        licence = await licence_of(house, await house.entity(1))
        shown = await verbs.display(licence.display_id)
        assert shown.face == licence.face
        assert shown.in_force
        assert shown.as_of <= shown.checked_at
        left, right = shown.columns
        assert {item.field for item in (*left, *right, *shown.wide)} <= {item.field for item in licence.face.items}
        assert all(item.text for item in (*left, *right, *shown.wide))

    async def test_a_revoked_entity_stays_visible(self, house: TestHouse, verbs: PublicVerbs) -> None:
        """The same page, out of force, at once."""
        licence = await licence_of(house, await house.entity(2))
        await house.entity(2, status=EntityStatus.REVOKED)
        shown = await verbs.display(licence.display_id)
        assert shown.entity_status is EntityStatus.REVOKED
        assert shown.licence_status is LicenceStatus.WITHDRAWN
        assert not shown.in_force

    async def test_an_unknown_id(self, verbs: PublicVerbs) -> None:
        """A refusal that says nothing."""
        with pytest.raises(LicenceUnknown):
            await verbs.display("dsp_none")


class TestCheckFile:
    """`/verify`."""

    async def test_our_own_credential_holds(self, house: TestHouse, verbs: PublicVerbs) -> None:
        """All four answers, the status by our own list without a network."""
        licence = await licence_of(house, await house.entity(3))
        found = await verbs.check_file(licence.credential.encode())
        assert found.kind is Kind.CREDENTIAL
        assert found.holds(), found.as_json()

    async def test_its_status_follows_the_register(self, house: TestHouse, verbs: PublicVerbs) -> None:
        """Signed well and no longer valid: three answers stay, the fourth changes."""
        licence = await licence_of(house, await house.entity(4))
        assert (await verbs.check_file(licence.credential.encode())).holds()
        await house.entity(4, status=EntityStatus.DEREGISTERED)
        found = await verbs.check_file(licence.credential.encode())
        assert (found.intact.answer, found.valid.answer, found.trusted.answer) == (Answer.YES,) * 3
        assert found.status.standing is Standing.INVALID
        assert not found.holds()

    async def test_another_house_is_not_trusted(
        self, house: TestHouse, verbs: PublicVerbs, sqlite_template: Path, tmp_path: Path
    ) -> None:
        """The control: a credential of an installation with other keys does not hold here."""
        other = tmp_path / "other.db"
        other.write_bytes(sqlite_template.read_bytes())
        (tmp_path / "other").mkdir()
        async with open_house(f"sqlite+aiosqlite:///{other}", tmp_path / "other") as stranger:
            licence = await licence_of(stranger, await stranger.entity(5))
        await house.entity(5)
        assert not (await verbs.check_file(licence.credential.encode())).holds()


class TestPublished:
    """What programs outside read."""

    async def test_keys_and_anchors(self, verbs: PublicVerbs) -> None:
        """Every key is a public P-256 key with its number; the anchors hold roots beside them."""
        keys = verbs.published.jwks()["keys"]
        assert len(keys) >= 5
        assert all(key["crv"] == "P-256" and "d" not in key and key["kid"] for key in keys)
        assert json.loads(verbs.published.anchors())["roots"]

    async def test_a_status_list(self, house: TestHouse, verbs: PublicVerbs) -> None:
        """The list of an issued licence is there; another number is not."""
        licence = await licence_of(house, await house.entity(6))
        assert (await verbs.published.status_list(licence.list_number)).count(".") == 2
        with pytest.raises(LicenceUnknown):
            await verbs.published.status_list(licence.list_number + 1000)


class TestDemoAccounts:
    """The table of the start page."""

    FACTS = {  # noqa: RUF012 one constant of a test class
        "people": [
            {"name": "张示恕", "id_number": "1", "slip": "S1", "legal_representative_of": ["91"]},
            {"name": "李示外", "id_number": "2", "slip": "S2", "legal_representative_of": []},
        ],
        "staff": [
            {"role": "counter_clerk", "username": "c", "password": "p", "totp_secret": "JBSWY3DPEHPK3PXP"},
            {"role": "audit_admin", "username": "a", "password": "p", "totp_secret": "JBSWY3DPEHPK3PXP"},
        ],
    }

    async def test_who_can_be_tried(self, house: TestHouse, verbs: PublicVerbs) -> None:
        """Representatives with their slips, officials whose doors exist with the number of this moment."""
        (house.parts.settings.data_path() / "demo.json").write_text(json.dumps(self.FACTS))
        accounts = await verbs.demo_accounts()
        assert [account.name for account in accounts] == ["张示恕", "c"]
        assert len(accounts[1].number) == 6

    async def test_nobody_outside_a_demonstration(self, house: TestHouse) -> None:
        """The same file is not read in production."""
        (house.parts.settings.data_path() / "demo.json").write_text(json.dumps(self.FACTS))
        settings = msgspec.structs.replace(house.parts.settings, demo=False)
        assert not await wire(replace(house.parts, settings=settings)).demo_accounts()


class TestMetadata:
    """What verifiers fetch."""

    async def test_the_issuer_s_keys_are_no_others(self, house: TestHouse, verbs: PublicVerbs) -> None:
        """A receipt's key signs no credential: metadata names the keys of credentials and lists alone."""
        keys = house.parts.keys
        metadata = verbs.published.issuer()
        assert metadata["issuer"] == house.parts.settings.base_url
        kids = {key["kid"] for key in metadata["jwks"]["keys"]}
        assert kids == {keys.current(Purpose.ISSUER), keys.current(Purpose.STATUS_LIST)}
        assert kids < {key["kid"] for key in verbs.published.jwks()["keys"]}

    async def test_every_claim_of_a_credential_is_described(self, house: TestHouse, verbs: PublicVerbs) -> None:
        """The type at the credential's own `vct`, with labels for whatever is disclosed."""
        credential = open_credential((await licence_of(house, await house.entity(1))).credential)
        described = {claim["path"][0] for claim in verbs.published.credential_type["claims"]}
        assert credential.disclosed.keys() <= described
        assert verbs.published.credential_type["vct"] == issuer_names(house.parts.settings).vct
