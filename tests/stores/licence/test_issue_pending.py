"""The bulk: chunks, stopping and going on, beside others."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from factories.issuing import CAUSE, IssuingOffice, a_draft, uscc_of
from factories.licences import NAMES
from zhizhao.kernel.errors import NotCanonical
from zhizhao.licence import issue_pending as room
from zhizhao.licence import press as pressing
from zhizhao.licence.chain import check_chain
from zhizhao.licence.check_credential import check_credential
from zhizhao.licence.issue_pending import IssueTally, issue_pending
from zhizhao.licence.note_all import note_all
from zhizhao.licence.sm2_document import check_sm2, sign_document
from zhizhao.licence.status import Hold, LicenceStatus, LifeAct
from zhizhao.registry.entity import EntityStatus, Mark
from zhizhao.trust.keys import KeyProvider


async def run(desk: IssuingOffice, **parts: Any) -> IssueTally:
    """Work off what is due."""
    return await issue_pending(desk.database, cause=CAUSE, office=desk.office, registry=desk.registry, **parts)


async def note(desk: IssuingOffice, **parts: Any) -> int:
    """Note everything that is behind."""
    return await note_all(desk.database, office=desk.office, registry=desk.registry, **parts)


def refuse_only(uscc: str, refuse: Callable[[object, bytes], bytes]) -> Callable[[KeyProvider, bytes], bytes]:
    """Return a signer that fails for one entity's documents."""

    def sign(keys: KeyProvider, document: bytes) -> bytes:
        return refuse(keys, document) if uscc.encode() in document else sign_document(keys, document)

    return sign


class TestIssuePending:
    """`licence issue --all` and the server's job."""

    async def test_everything_is_issued_once(self, desk: IssuingOffice) -> None:
        """In chunks; a second run finds nothing to do."""
        await desk.record(*(a_draft(n) for n in range(25)))
        seen: list[int] = []
        assert await note(desk, progress=seen.append) == 25
        tally = await run(desk, chunk=10, progress=seen.append)
        assert seen == [25, 10, 10, 5]
        assert (tally.acts[LifeAct.ISSUE], tally.done, tally.unchanged) == (25, 25, 0)
        assert (await note(desk), (await run(desk)).done) == (0, 0)
        for number in (0, 24):
            kept = await desk.current(number)
            assert check_credential(kept.credential, keys=desk.office.keys, names=NAMES)
            assert check_sm2(kept.credential, kept.sm2_signature, keys=desk.office.keys)
            check_chain([kept])
        assert [kind for kind, _ in await desk.events()] == ["licence.licence.issued.v1"] * 25
        async with desk.database.read() as connection:
            places = await connection.execute(text("SELECT count(DISTINCT list_index) FROM licence_versions"))
            acts = await connection.execute(text("SELECT count(*) FROM licence_acts"))
            assert (places.scalar_one(), acts.scalar_one()) == (25, 25)

    async def test_every_sort_of_entity(self, desk: IssuingOffice) -> None:
        """Ended, disputed, without a licence: each as `follow` would have it."""
        await desk.record(
            a_draft(1),
            a_draft(2, status=EntityStatus.DEREGISTERED),
            a_draft(3, marks=frozenset({Mark.DISPUTED})),
            a_draft(4, template="", kind="23"),
        )
        await note(desk)
        tally = await run(desk)
        assert tally.acts == {LifeAct.ISSUE: 3, LifeAct.WITHDRAW: 1, LifeAct.DISPUTE: 1}
        assert (tally.not_issuable, tally.done) == (1, 4)
        assert (await desk.current(1)).status is LicenceStatus.VALID
        assert (await desk.current(2)).status is LicenceStatus.WITHDRAWN
        assert (await desk.current(3)).holds == {Hold.DISPUTED}

    async def test_changes_are_followed(self, desk: IssuingOffice) -> None:
        """New version, withdrawal, another person of the same name, nothing printed."""
        await desk.record(*(a_draft(n) for n in range(4)))
        await note(desk)
        await run(desk)
        await desk.record(
            a_draft(0, facts={"domicile": "新址"}),
            a_draft(1, status=EntityStatus.REVOKED),
            a_draft(2, marks=frozenset({Mark.DORMANT})),
        )
        assert await note(desk) == 3
        async with desk.database.write() as connection:
            await desk.store.note_due(connection, [uscc_of(3)], principal_changed=True)
            await desk.store.note_due(connection, [uscc_of(9)])  # not in the register
        tally = await run(desk)
        assert tally.acts == {LifeAct.REISSUE: 2, LifeAct.WITHDRAW: 1}
        assert (tally.unchanged, tally.not_issuable) == (1, 1)
        assert [len(await desk.versions(n)) for n in range(4)] == [2, 1, 1, 2]

    async def test_two_runs_at_once(self, desk: IssuingOffice) -> None:
        """Each licence is issued exactly once, whoever comes first."""
        await desk.record(*(a_draft(n) for n in range(30)))
        await note(desk)
        tallies = await asyncio.gather(run(desk, chunk=7), run(desk, chunk=11), desk.follow(3))
        assert tallies[0].acts[LifeAct.ISSUE] + tallies[1].acts[LifeAct.ISSUE] + len(tallies[2]) == 30
        assert [len(await desk.versions(n)) for n in range(30)] == [1] * 30
        assert len(await desk.events()) == 30

    async def test_stopped_between_the_two_transactions(
        self, desk: IssuingOffice, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Places are taken, nothing is kept; the next run issues everything."""
        await desk.record(a_draft(1))
        await note(desk)

        async def stop(*_args: object, **_parts: object) -> set[str]:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(room, "_kept", stop)
            with pytest.raises(KeyboardInterrupt):
                await run(desk)
        assert await desk.versions(1) == []
        assert (await run(desk)).acts[LifeAct.ISSUE] == 1

    async def test_one_bad_entity_stops_nobody(self, desk: IssuingOffice, monkeypatch: pytest.MonkeyPatch) -> None:
        """Neither as a first version nor as a later one; what failed half-way leaves nothing."""
        await desk.record(*(a_draft(n) for n in range(3)))
        await note(desk)

        def refuse(_keys: object, _document: bytes) -> bytes:
            raise NotCanonical(reason="for this test")

        with monkeypatch.context() as patch:
            patch.setattr(pressing, "sign_document", refuse_only(uscc_of(1), refuse))
            tally = await run(desk)
        assert (tally.failed, tally.acts) == ({uscc_of(1): "not-canonical"}, {LifeAct.ISSUE: 2})
        assert await desk.versions(1) == []
        await desk.record(*(a_draft(n, facts={"domicile": "新址"}) for n in range(3)))
        await note(desk)
        with monkeypatch.context() as patch:
            patch.setattr(pressing, "sign_document", refuse_only(uscc_of(2), refuse))
            tally = await run(desk)
        assert tally.failed == {uscc_of(2): "not-canonical"}
        assert [len(await desk.versions(n)) for n in range(3)] == [2, 1, 1]
        assert (await desk.current(2)).status is LicenceStatus.VALID
        await note(desk)
        assert (await run(desk)).acts == {LifeAct.REISSUE: 1}
        check_chain(await desk.versions(2))

    async def test_noted_again_meanwhile(self, desk: IssuingOffice) -> None:
        """What changed while its chunk was worked on stays due."""
        await desk.record(a_draft(1))
        async with desk.database.write() as connection:
            await desk.store.note_due(connection, [uscc_of(1)])
            before = await desk.store.due(connection, limit=1)
            await desk.store.note_due(connection, [uscc_of(1)])
            await desk.store.followed(connection, before)
            (left,) = await desk.store.due(connection, limit=1)
            assert left.noted_at > before[0].noted_at
            await desk.store.followed(connection, [left])
            assert await desk.store.due(connection, limit=1) == []

    async def test_without_the_domestic_suite(self, desk: IssuingOffice) -> None:
        """A deployment that has no SM2 leaves the signature empty."""
        desk.office = replace(desk.office, with_sm2=False)
        await desk.record(a_draft(1))
        await note(desk)
        await run(desk)
        assert (await desk.current(1)).sm2_signature == b""
