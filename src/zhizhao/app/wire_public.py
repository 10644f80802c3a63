"""Binds the verbs of the public door."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from zhizhao.app.parts import KEY_FOLDER, Parts, issuer_names
from zhizhao.display.store import DisplayStore, Tables
from zhizhao.kernel.clock import to_micros
from zhizhao.licence.errors import LicenceUnknown
from zhizhao.licence.metadata import issuer_metadata, type_metadata
from zhizhao.licence.positions.store import POSITIONS, PositionStore
from zhizhao.licence.publish import Publisher
from zhizhao.licence.store import DISPLAYS, LICENCES, VERSIONS
from zhizhao.presentation.errors import PresentationUnknown
from zhizhao.presentation.presentation import Verdict
from zhizhao.registry.store import AS_OF, ENTITY
from zhizhao.trust.certificates import Certificates
from zhizhao.trust.fetch import Fetched
from zhizhao.trust.jws import jwk_set
from zhizhao.trust.keys import Purpose
from zhizhao.trust.totp import STEP_SECONDS, hotp
from zhizhao.verification.anchors import anchors_document, read_anchors
from zhizhao.verification.check import check
from zhizhao.verification.find_anchors import JWKS
from zhizhao.verification.finding import Finding
from zhizhao.verification.status import ServerStatus
from zhizhao.web.i18n import marked as N_  # noqa: N812 the customary name of the marker
from zhizhao.web.public.verbs import ArchiveView, DemoAccount, Display, PublicVerbs, Published

PUBLISHED = (Purpose.ISSUER, Purpose.STATUS_LIST, Purpose.RECEIPT, Purpose.LEDGER, Purpose.OIDC)
"""Keys that outsiders verify with."""
DEMO_FACTS = "demo.json"
SHOWN_HOLDERS = 3
NOTHING = Fetched(status=404, content_type="", body=b"")
ROLES = {"registrar_clerk": N_("登记人员"), "registrar_reviewer": N_("复核人员"), "counter_clerk": N_("窗口人员")}
"""Roles whose doors exist: what the start page's table shows."""
TABLES = Tables(
    displays=DISPLAYS, licences=LICENCES, versions=VERSIONS, positions=POSITIONS, entities=ENTITY, as_of=AS_OF
)


class _Public:
    """The bound verbs, as methods on the parts."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.displays = DisplayStore(parts.database, TABLES)
        self.certificates = Certificates(parts.settings.data_path() / KEY_FOLDER, parts.keys)
        self.publisher = Publisher(
            PositionStore(parts.database),
            keys=parts.keys,
            names=issuer_names(parts.settings),
            lifetime_seconds=parts.settings.status_list_seconds,
        )

    async def display(self, display_id: str) -> Display:
        """Find the licence of a display id, its entity and the times."""
        shown = await self.displays.shown(display_id)
        if shown is None:
            raise LicenceUnknown(display_id=display_id)
        return Display(
            face=shown.face,
            entity_status=shown.entity_status,
            marks=shown.marks,
            licence_status=shown.licence_status,
            as_of=shown.as_of,
            checked_at=shown.checked_at,
        )

    async def archive(self, presentation_id: str) -> ArchiveView:
        """Find what an archive copy was made for, and how its licence stands now."""
        parts = self.parts
        async with parts.database.read() as reader:
            told = await parts.presentations.get(reader, presentation_id)
            if told is None or told.verdict is not Verdict.ACCEPTED:
                raise PresentationUnknown(presentation_id=presentation_id)
            licence = await parts.licences.version(reader, told.uscc, told.licence_version)
            entity = await parts.registry.get(reader, told.uscc)
            if licence is None or entity is None:
                raise LicenceUnknown(uscc=told.uscc)
            return ArchiveView(
                presentation_id=told.presentation_id,
                name=licence.face.name,
                uscc=told.uscc,
                relying_party=told.client_name,
                purpose=told.purpose,
                place=told.operator or "",
                case_number=told.case_number or "",
                verified_at=told.verified_at,
                version=told.licence_version,
                licence_status=licence.status,
                entity_status=entity.status,
                checked_at=await parts.database.now(reader),
            )

    def jwks(self) -> dict[str, Any]:
        """Return the JWK Set."""
        return jwk_set(self.parts.keys, PUBLISHED)

    def anchors(self) -> bytes:
        """Return roots and keys."""
        return anchors_document(self.parts.keys, self.certificates, base_url=self.parts.settings.base_url)

    async def status_list(self, number: int) -> str:
        """Return a signed status list."""
        async with self.parts.database.read() as reader:
            return await self.publisher.publish(reader, number)

    async def check_file(self, data: bytes) -> Finding:
        """Check a file against our own anchors; the status is asked of ourselves, as anybody else would ask it."""
        parts = self.parts
        trust = read_anchors(self.anchors(), source=parts.settings.base_url)
        now = parts.clock.now()
        status = ServerStatus(parts.settings.base_url, trust=trust, fetch=self._own, now=now)
        return await check(data, trust=trust, status=status, now=now)

    async def _own(self, url: str) -> Fetched:
        """Answer our own addresses without a network; nothing else can be asked from here."""
        path = urlsplit(url).path
        if path == JWKS:
            return Fetched(status=200, content_type="application/jwk-set+json", body=json.dumps(self.jwks()).encode())
        number = path.removeprefix("/status/")
        if number == path or not number.isdecimal():
            return NOTHING
        try:
            token = await self.status_list(int(number))
        except LicenceUnknown:
            return NOTHING
        return Fetched(status=200, content_type="application/statuslist+jwt", body=token.encode())

    async def demo_accounts(self) -> Sequence[DemoAccount]:
        """Read who can be tried in a demonstration; nothing outside one."""
        path = self.parts.settings.data_path() / DEMO_FACTS
        if not self.parts.settings.demo or not path.exists():
            return ()
        facts = json.loads(await asyncio.to_thread(path.read_text, "utf-8"))
        step = to_micros(self.parts.clock.now()) // 1_000_000 // STEP_SECONDS
        return [*_holders(facts), *_staff(facts, step=step)]


def _holders(facts: dict[str, Any]) -> list[DemoAccount]:
    people = [person for person in facts["people"] if person["legal_representative_of"]][:SHOWN_HOLDERS]
    managers = [person for person in facts["people"] if person.get("manager_of")][:1]
    return [
        DemoAccount(role=role, name=person["name"], secret=person["slip"], more=person["id_number"])
        for role, found in ((N_("法定代表人"), people), (N_("证照管理员"), managers))
        for person in found
    ]


def _staff(facts: dict[str, Any], *, step: int) -> list[DemoAccount]:
    shown = [account for account in facts["staff"] if account["role"] in ROLES]
    return [
        DemoAccount(
            role=ROLES[account["role"]],
            name=account["username"],
            secret=account["password"],
            number=hotp(account["totp_secret"], step),
        )
        for account in shown
    ]


def wire(parts: Parts) -> PublicVerbs:
    """Return the verbs of the public door."""
    public, names = _Public(parts), issuer_names(parts.settings)
    return PublicVerbs(
        archive=public.archive,
        display=public.display,
        check_file=public.check_file,
        demo_accounts=public.demo_accounts,
        published=Published(
            jwks=public.jwks,
            anchors=public.anchors,
            status_list=public.status_list,
            issuer=lambda: issuer_metadata(parts.keys, names=names),
            credential_type=type_metadata(names),
        ),
    )
