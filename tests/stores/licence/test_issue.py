"""Issuing the first version."""

import asyncio

import pytest
import sqlalchemy
from sqlalchemy.exc import DBAPIError

from factories.issuing import CAUSE, IssuingOffice, a_draft, uscc_of
from factories.licences import NAMES
from zhizhao.kernel.identifier import parse_identifier
from zhizhao.licence.chain import check_chain
from zhizhao.licence.check_credential import check_credential
from zhizhao.licence.errors import LicenceUnknown, NotIssuable, VersionConflict
from zhizhao.licence.freeze import freeze
from zhizhao.licence.issue import issue
from zhizhao.licence.sm2_document import check_sm2
from zhizhao.licence.status import LicenceStatus, LifeAct
from zhizhao.registry.errors import EntityUnknown


class TestIssue:
    """One entity, one licence."""

    async def test_version_one_with_all_its_proofs(self, desk: IssuingOffice) -> None:
        """Row, identifier, credential, SM2 signature, place, display id, chain, history, event."""
        await desk.record(a_draft(1))
        async with desk.database.write() as connection:
            made = await issue(connection, uscc_of(1), cause=CAUSE, office=desk.office, registry=desk.registry)
        kept = await desk.current(1)
        assert kept == made
        assert (kept.version, kept.status, kept.registry_version) == (1, LicenceStatus.VALID, 1)
        assert parse_identifier(kept.identifier).serial == f"{uscc_of(1)}0001"
        claims = check_credential(kept.credential, keys=desk.office.keys, names=NAMES)
        assert claims.disclosed["name"] == "济宁示例1号商贸有限公司"
        assert claims.visible["status"] == {
            "status_list": {"idx": kept.list_index, "uri": NAMES.status_uri(kept.list_number)}
        }
        assert check_sm2(kept.credential, kept.sm2_signature, keys=desk.office.keys)
        assert check_chain([kept]) == kept.row_hash
        assert await desk.events() == [
            (
                "licence.licence.issued.v1",
                {"actor": {"kind": "system", "id": "zhizhao"}, "uscc": uscc_of(1), "version": 1},
            )
        ]

    async def test_readings_of_it(self, desk: IssuingOffice) -> None:
        """By version, by display id, hot, as history; nothing where there is nothing."""
        await desk.record(a_draft(1))
        await desk.follow(1)
        kept = await desk.current(1)
        async with desk.database.read() as connection:
            assert await desk.store.version(connection, kept.uscc, 1) == kept
            assert await desk.store.version(connection, kept.uscc, 2) is None
            assert await desk.store.by_display(connection, kept.display_id) == kept
            assert await desk.store.by_display(connection, "dsp_x") is None
            assert await desk.store.current(connection, uscc_of(2)) is None
            history = await desk.store.acts(connection, kept.uscc)
        assert [(one.number, one.act, one.version, one.status) for one in history] == [
            (1, LifeAct.ISSUE, 1, LicenceStatus.VALID)
        ]
        async with desk.database.hot.transaction() as hot:
            found = await desk.store.current_hot(hot, [kept.uscc, uscc_of(2)])
        assert list(found) == [kept.uscc]
        hot_one = found[kept.uscc]
        assert (hot_one.identifier, hot_one.version, hot_one.status, hot_one.held, hot_one.registry_version) == (
            kept.identifier,
            1,
            LicenceStatus.VALID,
            False,
            1,
        )
        assert hot_one.face == kept.face

    async def test_refusals(self, desk: IssuingOffice) -> None:
        """Unknown entity, a certificate that is no licence, a second first version."""
        await desk.record(a_draft(1), a_draft(2, template="", kind="23"))
        async with desk.database.write() as connection:
            for uscc, refusal in ((uscc_of(9), EntityUnknown), (uscc_of(2), NotIssuable)):
                with pytest.raises(refusal):
                    await issue(connection, uscc, cause=CAUSE, office=desk.office, registry=desk.registry)
            with pytest.raises(LicenceUnknown):
                await freeze(connection, uscc_of(1), cause=CAUSE, office=desk.office)
        await desk.follow(1)
        async with desk.database.write() as connection:
            with pytest.raises(VersionConflict):
                await issue(connection, uscc_of(1), cause=CAUSE, office=desk.office, registry=desk.registry)
        assert len(await desk.versions(1)) == 1

    async def test_many_at_once_make_one(self, desk: IssuingOffice) -> None:
        """Eight transactions follow one entity at the same time: one version, one event."""
        await desk.record(a_draft(1))
        acts = await asyncio.gather(*(desk.follow(1) for _ in range(8)))
        assert sorted(acts) == [()] * 7 + [(LifeAct.ISSUE,)]
        assert len(await desk.versions(1)) == 1
        assert len(await desk.events()) == 1

    async def test_version_rows_and_acts_only_grow(self, desk: IssuingOffice) -> None:
        """The store itself refuses to change or forget them."""
        await desk.record(a_draft(1))
        await desk.follow(1)
        for statement in (
            "UPDATE licence_versions SET face = '{}'",
            "DELETE FROM licence_versions",
            "UPDATE licence_acts SET act = 'settle'",
            "DELETE FROM licence_acts",
        ):
            with pytest.raises(DBAPIError, match="append-only"):
                async with desk.database.write() as connection:
                    await connection.execute(sqlalchemy.text(statement))
        assert (await desk.current(1)).version == 1
