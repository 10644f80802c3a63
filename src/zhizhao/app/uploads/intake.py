"""The verbs of the office's import page: hand in, try, release, delete."""

import asyncio
import hashlib
import sys
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
from zhizhao.registry.errors import UploadBusy, UploadNotReady
from zhizhao.registry.intake.values import StatusList
from zhizhao.registry.upload import HandedIn, Standing, Upload, UploadState
from zhizhao.staff.account import Account
from zhizhao.storage.database import Transaction

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
        now = self._parts.clock.now()
        return [one.seen_at(now) for one in await asyncio.to_thread(self._folder.all)]

    async def get(self, upload_id: str) -> Upload:
        """Return one. Raises UploadUnknown."""
        return (await asyncio.to_thread(self._folder.read, upload_id)).seen_at(self._parts.clock.now())

    async def hand_in(
        self, connection: Transaction, content: bytes, *, name: str, status_list: StatusList, account: Account
    ) -> str:
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
        standing = Standing(state=UploadState.TRYING, updated_at=now)
        await self._note(connection, handed_in, act=Act.OFFICE_UPLOAD_HANDED_IN, account=account)
        await asyncio.to_thread(self._folder.create, handed_in, content, standing=standing)
        await self._send(handed_in.upload_id, account, dry_run=True)
        return handed_in.upload_id

    async def release(self, connection: Transaction, upload_id: str, *, account: Account) -> None:
        """Begin to take a tried file. Raises UploadUnknown, UploadNotReady, SecondPersonNeeded, UploadBusy."""
        upload = await self.get(upload_id)
        upload.require_takeable(account.account_id)
        await self._require_idle()
        if upload.standing.broke_off:
            self._folder.give_back(upload_id)
        if not self._folder.claim(upload_id):
            raise UploadNotReady(upload_id=upload_id, state="claimed")
        taking = replace(
            upload.standing,
            state=UploadState.TAKING,
            updated_at=self._parts.clock.now(),
            position=0,
            released_by=account.account_id,
            released_name=account.name,
            broke_off=False,
        )
        await self._note(connection, upload.handed_in, act=Act.OFFICE_UPLOAD_RELEASED, account=account)
        await asyncio.to_thread(self._folder.note, upload_id, taking)
        await self._send(upload_id, account, dry_run=False)

    async def drop(self, connection: Transaction, upload_id: str, *, account: Account) -> None:
        """Delete a file that nobody works on. Raises UploadUnknown, UploadBusy."""
        upload = await self.get(upload_id)
        if upload.is_running:
            raise UploadBusy
        await self._note(connection, upload.handed_in, act=Act.OFFICE_UPLOAD_DROPPED, account=account)
        await asyncio.to_thread(self._folder.drop, upload_id)

    async def error_file(self, upload_id: str) -> tuple[Path, str]:
        """Return the file with the bad rows and what to call it. Raises UploadUnknown."""
        upload = await self.get(upload_id)
        path = self._folder.error_file(upload_id)
        return path, f"{Path(upload.handed_in.name).stem or 'register'}.errors{path.suffix}"

    async def _require_idle(self) -> None:
        if any(one.is_running for one in await self.all()):
            raise UploadBusy

    async def _note(self, connection: Transaction, handed_in: HandedIn, *, act: Act, account: Account) -> None:
        entry = new_entry(
            self._parts.clock,
            act=act,
            actor=Actor(ActorKind.STAFF, account.account_id),
            object_id=handed_in.upload_id,
            facts={"sha256": handed_in.digest, "bytes": handed_in.size},
        )
        await self._parts.ledger.append(connection, entry)

    async def _send(self, upload_id: str, account: Account, *, dry_run: bool) -> None:
        """Start the process and watch for its end. It outlives a worker that is stopped meanwhile."""
        errand = Errand(
            settings=self._parts.settings,
            upload_id=upload_id,
            dry_run=dry_run,
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
        )
        task = asyncio.create_task(self._see_off(process, msgspec.json.encode(errand), upload_id=upload_id))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _see_off(self, process: asyncio.subprocess.Process, errand: bytes, *, upload_id: str) -> None:
        await process.communicate(errand)
        if process.returncode == 0:
            return
        log.error("upload-broke-off", upload=upload_id, status=process.returncode)
        try:
            await asyncio.to_thread(self._note_broken, upload_id)
        except ZhizhaoError:
            return  # deleted meanwhile

    def _note_broken(self, upload_id: str) -> None:
        upload = self._folder.read(upload_id)
        if upload.is_running:
            self._folder.note(upload_id, upload.broken_off(self._parts.clock.now()).standing)
