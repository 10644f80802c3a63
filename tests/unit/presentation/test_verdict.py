"""The verdict as a table: which fact fails which check, what is skipped, and that only Accepted carries a face."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories.changed import changed
from factories.house import MATTER
from zhizhao.catalogue.matter import Function, Matter
from zhizhao.licence.face import FaceItem, LicenceFace, Side, face_json
from zhizhao.licence.licence import CurrentLicence
from zhizhao.licence.status import LicenceStatus
from zhizhao.presentation.presentation import Check, Result
from zhizhao.presentation.reading import Reading
from zhizhao.presentation.verdict import Accepted, Refused, judge
from zhizhao.registry.entity import EntityStatus, Mark, Standing
from zhizhao.wallet.device import DeviceState
from zhizhao.wallet.entitlement import HolderRole
from zhizhao.wallet.holding import Holding

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
USCC = "91370811MAT000018R"
FACE = LicenceFace(
    template="A",
    version="2022",
    made_on=date(2024, 3, 18),
    uscc=USCC,
    name="济宁示例商贸有限公司",
    kind="1",
    items=(FaceItem(field="name", label="名称", text="济宁示例商贸有限公司", side=Side.LEFT),),
    registrar="登记机关（演示）",
    legal_representative="张示恕",
    principal_label="法定代表人",
)
MATTER_NOUN = Matter(
    code=MATTER,
    name="食品经营许可",
    path=("电子政务", "市场监管", "食品经营许可"),
    purpose="办理",
    fields=("name",),
    functions=frozenset(Function),
    statuses=frozenset({"active"}),
    documents_not_required=(),
)
STANDING = Standing(status=EntityStatus.ACTIVE, marks=frozenset(), version=1, principal_lookup=b"p")
LICENCE = CurrentLicence(
    uscc=USCC,
    identifier="1.2.156…",
    version=2,
    status=LicenceStatus.VALID,
    held=False,
    face_json=face_json(FACE),
    registry_version=1,
    list_number=1,
    list_index=7,
)
HOLDING = Holding(
    person_id="per_1",
    id_lookup=b"p",
    device_id="dev_1",
    device_state=DeviceState.ACTIVE,
    version=2,
    role=HolderRole.LEGAL_REPRESENTATIVE,
    mandate_id=None,
)
GOOD = Reading(standing=STANDING, licence=LICENCE, holding=HOLDING, grant=None, as_of=NOW)


def verdict(reading: Reading) -> Accepted | Refused:
    """Judge one reading."""
    return judge(reading, uscc=USCC, matter=MATTER_NOUN, at=NOW)


def test_everything_good_is_accepted() -> None:
    """All five checks pass and the face is there."""
    done = verdict(GOOD)
    assert isinstance(done, Accepted)
    assert [c.check for c in done.checks] == list(Check)
    assert {c.result for c in done.checks} == {Result.PASS}
    assert done.face == FACE


@pytest.mark.parametrize(
    ("reading", "check", "reason"),
    [
        (changed(GOOD, standing=None), Check.LICENCE_STATUS, "licence-withdrawn"),
        (changed(GOOD, licence=None), Check.LICENCE_STATUS, "licence-withdrawn"),
        (
            changed(GOOD, standing=changed(STANDING, status=EntityStatus.REVOKED)),
            Check.LICENCE_STATUS,
            "entity-revoked",
        ),
        (
            changed(GOOD, standing=changed(STANDING, status=EntityStatus.MOVED_OUT)),
            Check.LICENCE_STATUS,
            "entity-moved-out",
        ),
        (
            changed(GOOD, standing=changed(STANDING, marks=frozenset({Mark.DISPUTED}))),
            Check.LICENCE_STATUS,
            "entity-disputed",
        ),
        (changed(GOOD, licence=changed(LICENCE, held=True)), Check.LICENCE_STATUS, "licence-suspended"),
        (
            changed(GOOD, licence=changed(LICENCE, status=LicenceStatus.WITHDRAWN)),
            Check.LICENCE_STATUS,
            "licence-withdrawn",
        ),
        (changed(GOOD, holding=changed(HOLDING, version=1)), Check.LICENCE_STATUS, "licence-changed"),
        (changed(GOOD, holding=None), Check.MANDATE, "copy-absent"),
        (changed(GOOD, holding=changed(HOLDING, device_state=DeviceState.FROZEN)), Check.MANDATE, "device-frozen"),
        (changed(GOOD, holding=changed(HOLDING, device_state=DeviceState.RETIRED)), Check.MANDATE, "device-retired"),
        (changed(GOOD, holding=changed(HOLDING, device_state=DeviceState.REVOKED)), Check.MANDATE, "device-revoked"),
        (changed(GOOD, standing=changed(STANDING, principal_lookup=b"other")), Check.MANDATE, "mandate-role"),
        (changed(GOOD, standing=changed(STANDING, principal_lookup=None)), Check.MANDATE, "mandate-role"),
        (changed(GOOD, holding=changed(HOLDING, role=HolderRole.AGENT)), Check.MANDATE, "mandate-role"),
    ],
)
def test_the_first_that_fails_names_the_refusal(reading: Reading, check: Check, reason: str) -> None:
    """One bad fact, one failed check with its reason in both languages; what follows is skipped, no face."""
    done = verdict(reading)
    assert isinstance(done, Refused)
    failed = [c for c in done.checks if c.result is Result.FAIL]
    assert [(c.check, c.reason) for c in failed] == [(check, reason)]
    assert failed[0].zh
    assert failed[0].en
    assert done.because == reason
    assert not hasattr(done, "face")
    after = list(Check)[list(Check).index(check) + 1 :]
    assert {c.result for c in done.checks if c.check in after} <= {Result.SKIPPED}


@given(
    st.sampled_from(EntityStatus),
    st.sets(st.sampled_from(Mark)),
    st.sampled_from(LicenceStatus),
    st.booleans(),
    st.integers(1, 3),
    st.sampled_from(DeviceState),
    st.sampled_from([b"p", b"q", None]),
)
def test_not_in_force_never_passes(  # noqa: PLR0917 one argument per fact
    status: EntityStatus,
    marks: set[Mark],
    licence: LicenceStatus,
    held: bool,  # noqa: FBT001 a fact of the table
    version: int,
    device: DeviceState,
    principal: bytes | None,
) -> None:
    """Whatever the facts, acceptance implies every one of them was good."""
    reading = Reading(
        standing=Standing(status=status, marks=frozenset(marks), version=1, principal_lookup=principal),
        licence=changed(LICENCE, status=licence, held=held),
        holding=changed(HOLDING, version=version, device_state=device),
        grant=None,
        as_of=NOW,
    )
    good = (
        status is EntityStatus.ACTIVE
        and Mark.DISPUTED not in marks
        and licence is LicenceStatus.VALID
        and not held
        and version >= LICENCE.version
        and device is DeviceState.ACTIVE
        and principal == b"p"
    )
    assert isinstance(verdict(reading), Accepted) is good
