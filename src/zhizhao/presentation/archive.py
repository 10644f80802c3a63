"""The archive copy (存档件) of an accepted presentation: rendered, sealed and kept once, with its evidence inside."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import structs

from zhizhao.document.attachment import credential_attachment, receipt_attachment
from zhizhao.document.pdf import Press
from zhizhao.document.seal import seal_pdf
from zhizhao.document.sheet import Occasion, archive_sheet
from zhizhao.kernel.clock import Clock
from zhizhao.licence.disclose import disclose
from zhizhao.licence.errors import LicenceUnknown
from zhizhao.licence.face import LicenceFace
from zhizhao.licence.licence import Licence
from zhizhao.licence.mask import goes_out
from zhizhao.presentation.errors import ArchiveRefused
from zhizhao.presentation.presentation import Presentation, Verdict
from zhizhao.settings import Settings
from zhizhao.storage.database import Database
from zhizhao.trust.certificates import Certificates
from zhizhao.trust.keys import KeyProvider, Purpose

if TYPE_CHECKING:
    from zhizhao.licence.store import LicenceStore
    from zhizhao.presentation.store import PresentationStore

HIDDEN = "未提供"
"""Stands on an archive copy where a face item did not go out."""


class Archivist:
    """Makes archive copies; holds the press and the certificates that every copy needs."""

    def __init__(
        self,
        *,
        press: Press,
        keys: KeyProvider,
        certificates: Certificates,
        settings: Settings,
        database: Database,
        store: "PresentationStore",
        licences: "LicenceStore",
        clock: Clock,
    ) -> None:
        self._press = press
        self._keys = keys
        self._certificates = certificates
        self._settings = settings
        self._database = database
        self._store = store
        self._licences = licences
        self._clock = clock

    async def archive(self, presentation: Presentation) -> bytes:
        """Return the copy: the kept one, or a new one that is kept before it is given out.

        Two that ask at once both make one; the first that is kept is what both receive. Raises ArchiveRefused.
        """
        if presentation.verdict is not Verdict.ACCEPTED:
            raise ArchiveRefused(presentation_id=presentation.presentation_id)
        async with self._database.read() as connection:
            kept = await self._store.archive_copy(connection, presentation.presentation_id)
            if kept is not None:
                return kept
            licence = await self._licences.version(connection, presentation.uscc, presentation.licence_version)
        if licence is None:
            raise LicenceUnknown(uscc=presentation.uscc, version=presentation.licence_version)
        made = await self._make(presentation, licence)
        async with self._database.write() as connection:
            now = self._clock.now()
            await self._store.keep_archive_copy(connection, presentation.presentation_id, content=made, at=now)
            return await self._store.archive_copy(connection, presentation.presentation_id) or made

    async def _make(self, presentation: Presentation, licence: Licence) -> bytes:
        face, partial = shown_face(licence.face, presentation.fields)
        occasion = Occasion(
            presentation_id=presentation.presentation_id,
            purpose=presentation.purpose,
            relying_party=presentation.client_name,
            place=presentation.operator or "",
            case_number=presentation.case_number or "",
            verified_at=presentation.verified_at,
            is_partial=partial,
        )
        evidence = (
            credential_attachment(disclose(licence.credential, presentation.fields)),
            receipt_attachment(presentation.receipt),
        )
        sheet = archive_sheet(
            face, occasion, settings=self._settings, display_id=licence.display_id, attachments=evidence
        )
        pdf = await self._press.render(sheet)
        chain = self._certificates.chain(Purpose.DOCUMENT_SEAL)  # asked each time: a rotated key brings its own
        return await seal_pdf(pdf, keys=self._keys, chain=chain, sealed_at=self._clock.now())


def shown_face(face: LicenceFace, fields: Sequence[str]) -> tuple[LicenceFace, bool]:
    """Return the face with what did not go out hidden, and whether anything was hidden."""
    granted = set(fields)
    items = tuple(i if goes_out(i.field, granted) else structs.replace(i, text=HIDDEN) for i in face.items)
    return structs.replace(face, items=items), items != face.items
