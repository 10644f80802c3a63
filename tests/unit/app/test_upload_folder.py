"""The folders of handed-in files: private, held by one, gone after a day, closed to made-up ids."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from zhizhao.app.uploads.folder import HANDED_IN, LOCK, STANDING, UploadFolder
from zhizhao.kernel.ids import public_id
from zhizhao.registry.errors import UploadBusy, UploadUnknown
from zhizhao.registry.intake.values import StatusList
from zhizhao.registry.upload import BROKEN_OFF, KEPT, HandedIn, Standing, UploadState

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


def keep(folder: UploadFolder, *, at: datetime = NOW) -> str:
    """Keep one file; return its id."""
    upload_id = public_id("upl")
    handed_in = HandedIn(
        upload_id=upload_id,
        name="名录.csv",
        digest="00",
        size=2,
        status_list=StatusList.OLD,
        account_id="acc_a",
        clerk="李登",
        unit="任城区登记窗口（演示）",
        at=at,
    )
    folder.make(upload_id)
    folder.keep(handed_in, b"ab", standing=Standing(state=UploadState.TRYING, updated_at=at))
    return upload_id


@pytest.fixture
def folder(tmp_path: Path) -> UploadFolder:
    """Give an empty installation's folder."""
    return UploadFolder(tmp_path)


def test_kept_and_read(folder: UploadFolder) -> None:
    """What was handed in and noted comes back; nobody else may read it."""
    upload_id = keep(folder)
    folder.note(upload_id, replace(folder.read(upload_id).standing, state=UploadState.TRIED, position=7))
    read = folder.read(upload_id)
    assert (read.handed_in.status_list, read.standing.state, read.standing.position) == (
        StatusList.OLD,
        UploadState.TRIED,
        7,
    )
    place = folder.place(upload_id)
    assert place.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in place.iterdir()} == {0o600}


def test_held_by_one(folder: UploadFolder) -> None:
    """Of two at the same time one holds it; afterwards the next may."""
    upload_id = keep(folder)
    for _ in range(2):
        with folder.hold(upload_id), pytest.raises(UploadBusy), folder.hold(upload_id):
            pytest.fail("held twice")


def test_runs_as_long_as_it_is_held(folder: UploadFolder) -> None:
    """Silence is no sign: what is held goes on, however old its note; what nobody holds has broken off."""
    upload_id = keep(folder, at=NOW - KEPT)
    with folder.hold(upload_id):
        assert folder.see(upload_id).is_running
    assert folder.see(upload_id).standing.reason == BROKEN_OFF
    assert folder.read(upload_id).is_running, "looking writes nothing"


def test_a_run_that_ends_between_two_looks(folder: UploadFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A note older than the look at the lock is not taken for a break: the run ended well, or another one began."""
    upload_id = keep(folder)
    done = replace(folder.read(upload_id).standing, state=UploadState.TRIED)

    def ends(_id: str) -> bool:
        folder.note(upload_id, done)
        return False

    monkeypatch.setattr(folder, "_is_held", ends)
    assert folder.see(upload_id).standing == done


def test_handed_down(folder: UploadFolder) -> None:
    """A process is believed when its descriptor is that lock and locks: none, another's and a second one are not."""
    one, other = keep(folder), keep(folder)
    with folder.hold(one) as lock:
        folder.require_hold(one, lock)
        second = os.open(folder.place(one) / LOCK, os.O_RDWR)
        for upload_id, handed in ((other, lock), (one, second), (one, 9999)):
            with pytest.raises(UploadBusy):
                folder.require_hold(upload_id, handed)
        os.close(second)


def test_forgotten_after_its_term(folder: UploadFolder) -> None:
    """A file holds people's numbers: it does not outlive a day; a newer one stays."""
    old, new = keep(folder, at=NOW - KEPT - timedelta(seconds=1)), keep(folder)
    folder.forget(NOW)
    assert [one.handed_in.upload_id for one in folder.all()] == [new]
    with pytest.raises(UploadUnknown):
        folder.read(old)


def test_what_is_held_is_not_forgotten(folder: UploadFolder) -> None:
    """Nobody's work is deleted from under them."""
    old = keep(folder, at=NOW - KEPT - timedelta(seconds=1))
    with folder.hold(old):
        folder.forget(NOW)
        assert folder.file(old).exists()
    folder.forget(NOW)
    assert folder.all() == []


@pytest.mark.parametrize("upload_id", ["", "..", "../keys", "upl_x", "upl_" + "." * 22, "upl_" + "a" * 22 + "/.."])
def test_no_path_comes_from_outside(folder: UploadFolder, upload_id: str) -> None:
    """Only ids of ours name a folder."""
    keep(folder)
    with pytest.raises(UploadUnknown):
        folder.place(upload_id)


@pytest.mark.parametrize("name", [HANDED_IN, STANDING])
def test_half_made_is_not_there(folder: UploadFolder, name: str) -> None:
    """A folder that is being made or deleted is left out of the list and is unknown by itself."""
    upload_id = keep(folder)
    (folder.place(upload_id) / name).write_bytes(b"{")
    assert folder.all() == []
    with pytest.raises(UploadUnknown):
        folder.read(upload_id)
