"""Where an upload stands: who may take it, and what becomes of work that breaks off."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from zhizhao.registry.errors import SecondPersonNeeded, UploadNotReady
from zhizhao.registry.findings import Findings
from zhizhao.registry.intake.values import StatusList
from zhizhao.registry.upload import BROKEN_OFF, HandedIn, Standing, Upload, UploadState

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
FOUND = Findings(rows=5, new=3, changed=0, unchanged=0, rejected=2, error_file=None)


def an_upload(state: UploadState, **changes: object) -> Upload:
    """Return an upload of the account `acc_a`, noted now."""
    handed_in = HandedIn(
        upload_id="upl_0000000000000000000000",
        name="名录.csv",
        digest="00",
        size=1,
        status_list=StatusList.NONE,
        account_id="acc_a",
        clerk="李登",
        unit="任城区登记窗口（演示）",
        at=NOW,
    )
    standing = Standing(state=state, updated_at=NOW, findings=FOUND)
    return Upload(handed_in, replace(standing, **changes))  # type: ignore[arg-type] # fields by name


class TestTakeable:
    """Tried, with something to take, by a second person."""

    def test_by_another(self) -> None:
        """The way it is meant."""
        an_upload(UploadState.TRIED).require_takeable("acc_b")

    def test_by_the_same(self) -> None:
        """Four eyes."""
        with pytest.raises(SecondPersonNeeded):
            an_upload(UploadState.TRIED).require_takeable("acc_a")

    @pytest.mark.parametrize("state", sorted(set(UploadState) - {UploadState.TRIED}))
    def test_in_no_other_state(self, state: UploadState) -> None:
        """Not before the trial ended, not twice, not after a refusal."""
        with pytest.raises(UploadNotReady):
            an_upload(state).require_takeable("acc_b")

    def test_nothing_to_take(self) -> None:
        """A file of bad rows alone is not released."""
        with pytest.raises(UploadNotReady):
            an_upload(UploadState.TRIED, findings=replace(FOUND, rejected=5)).require_takeable("acc_b")


class TestBrokenOff:
    """Work that stopped before its end."""

    def test_a_trial_is_lost(self) -> None:
        """Nothing was written; the file is handed in again."""
        after = an_upload(UploadState.TRYING).broken_off(NOW)
        assert (after.standing.state, after.standing.reason) == (UploadState.REFUSED, BROKEN_OFF)

    def test_a_taking_goes_on(self) -> None:
        """It can be released again by a second person; the figures of the trial are still there."""
        after = an_upload(UploadState.TAKING, run=2).broken_off(NOW)
        assert (after.standing.state, after.standing.broke_off, after.standing.run, after.standing.findings) == (
            UploadState.TRIED,
            True,
            2,
            FOUND,
        )
        after.require_takeable("acc_b")

    @pytest.mark.parametrize("state", [UploadState.TRIED, UploadState.TAKEN, UploadState.REFUSED])
    def test_what_rests_rests(self, state: UploadState) -> None:
        """Only work can break off."""
        upload = an_upload(state)
        assert upload.broken_off(NOW) == upload
