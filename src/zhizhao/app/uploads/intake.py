"""The verbs of the office's import page: hand in, try, release, delete.

Each writes its entry into the ledger and commits it before anything happens that the entry allows; no transaction is
open while a folder is written or a process starts. What fails after that has broken off, and is told so.
"""

import asyncio
import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import msgspec
import structlog

from zhizhao.app.parts import Parts
from zhizhao.app.uploads.errand import Errand
from zhizhao.app.uploads.folder import UploadFolder
from zhizhao.kernel.actor import Actor, ActorKind
from zhizhao.kernel.errors import ZhizhaoError
from zhizhao.kernel.ids import public_id
from zhizhao.ledger.entry import Act, new_entry
from zhizhao.registry.errors import UploadBusy
from zhizhao.registry.intake.values import StatusList
from zhizhao.registry.upload import HandedIn, Standing, Upload, UploadState
from zhizhao.staff.account import Account

WORK: Final = "zhizhao.app.uploads.work"
log = structlog.get_logger("zhizhao.uploads")


class Intake:
    """The bound verbs, as methods on the parts."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._folder = UploadFolder(parts.settings.data_path())
        self._running: set[asyncio.Task[None]] = set()

    async def all(self) -> list[Upload]:
        """Return every upload as it must be read now, the newest first."""
        return await asyncio.to_thread(self._folder.all)

    async def get(self, upload_id: str) -> Upload:
        """Return one as it must be read now. Raises UploadUnknown."""
        return await asyncio.to_thread(self._folder.see, upload_id)

    async def hand_in(self, content: bytes, *, name: str, status_list: StatusList, account: Account) -> str:
        """Keep a file and begin to try it; return its id. Raises UploadBusy."""
        now = self._parts.clock.now()
        await asyncio.to_thread(self._folder.forget, now)
        await self._require_idle()
        handed_in = HandedIn(
            upload_id=public_id("upl"),
            name=name,
            digest=hashlib.sha256(content).hexdigest(),
            size=len(content),
            status_list=status_list,
            account_id=account.account_id,
            clerk=account.name,
            unit=account.unit,
            at=now,
        )
        trying = Standing(state=UploadState.TRYING, updated_at=now)
        await self._commit(handed_in, act=Act.OFFICE_UPLOAD_HANDED_IN, account=account)
        with _telling(handed_in.upload_id):
            await asyncio.to_thread(self._folder.make, handed_in.upload_id)
            with self._folder.hold(handed_in.upload_id) as lock:
                await asyncio.to_thread(self._folder.keep, handed_in, content, standing=trying)
                await self._send(Upload(handed_in, trying), account, lock=lock)
        return handed_in.upload_id

    async def release(self, upload_id: str, *, account: Account) -> None:
        """Begin to take a tried file. Raises UploadUnknown, UploadNotReady, SecondPersonNeeded, UploadBusy."""
        (await self.get(upload_id)).require_takeable(account.account_id)
        await self._require_idle()
        with self._folder.hold(upload_id) as lock:
            now = self._parts.clock.now()
            upload = self._folder.read(upload_id).broken_off(now)  # what still runs as noted does not: we hold it
            upload.require_takeable(account.account_id)
            taking = replace(
                upload.standing,
                state=UploadState.TAKING,
                updated_at=now,
                run=upload.standing.run + 1,
                position=0,
                released_by=account.account_id,
                released_name=account.name,
                broke_off=False,
            )
            await self._commit(upload.handed_in, act=Act.OFFICE_UPLOAD_RELEASED, account=account)
            with _telling(upload_id):
                await asyncio.to_thread(self._folder.note, upload_id, taking)
                await self._send(Upload(upload.handed_in, taking), account, lock=lock)

    async def drop(self, upload_id: str, *, account: Account) -> None:
        """Delete a file that nobody works on. Raises UploadUnknown, UploadBusy."""
        with self._folder.hold(upload_id):
            handed_in = self._folder.read(upload_id).handed_in
            await self._commit(handed_in, act=Act.OFFICE_UPLOAD_DROPPED, account=account)
            await asyncio.to_thread(self._folder.drop, upload_id)

    async def error_file(self, upload_id: str) -> tuple[Path, str]:
        """Return the file with the bad rows and what to call it. Raises UploadUnknown."""
        upload = await self.get(upload_id)
        path = self._folder.error_file(upload_id)
        return path, f"{Path(upload.handed_in.name).stem or 'register'}.errors{path.suffix}"

    async def _require_idle(self) -> None:
        if any(one.is_running for one in await self.all()):
            raise UploadBusy

    async def _commit(self, handed_in: HandedIn, *, act: Act, account: Account) -> None:
        """Write an entry in a transaction of its own. Returns only when it is kept."""
        entry = new_entry(
            self._parts.clock,
            act=act,
            actor=Actor(ActorKind.STAFF, account.account_id),
            object_id=handed_in.upload_id,
            facts={"sha256": handed_in.digest, "bytes": handed_in.size},
        )
        async with self._parts.database.write() as connection:
            await self._parts.ledger.append(connection, entry)

    async def _send(self, upload: Upload, account: Account, *, lock: int) -> None:
        """Start the process, hand it the lock and watch for its end. It outlives a worker that is stopped meanwhile."""
        errand = Errand(
            settings=self._parts.settings,
            upload_id=upload.handed_in.upload_id,
            run=upload.standing.run,
            lock=lock,
            dry_run=upload.standing.state is UploadState.TRYING,
            actor_kind=ActorKind.STAFF,
            actor_id=account.account_id,
            offset_micros=self._parts.clock.offset // timedelta(microseconds=1),
        )
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            WORK,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=(lock,),
        )
        task = asyncio.create_task(self._see_off(process, errand))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _see_off(self, process: asyncio.subprocess.Process, errand: Errand) -> None:
        await process.communicate(msgspec.json.encode(errand))
        if process.returncode == 0:
            return
        log.error("upload-broke-off", upload=errand.upload_id, run=errand.run, status=process.returncode)
        try:
            await asyncio.to_thread(self._note_broken, errand.upload_id, errand.run)
        except ZhizhaoError:
            return  # deleted or taken up again meanwhile

    def _note_broken(self, upload_id: str, run: int) -> None:
        with self._folder.hold(upload_id):
            upload = self._folder.read(upload_id)
            if upload.standing.run == run:
                self._folder.note(upload_id, upload.broken_off(self._parts.clock.now()).standing)


@contextmanager
def _telling(upload_id: str) -> Iterator[None]:
    """Log work that could not begin although it was committed; the lock, free again, makes the page tell the same."""
    try:
        yield
    except Exception as failure:
        failed = type(failure).__name__
        log.error("upload-broke-off", upload=upload_id, failure=failed)  # noqa: TRY400 the request's end logs the trace
        raise
