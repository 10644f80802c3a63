"""From what the verbs return to the wallet's bodies."""

from datetime import datetime

from zhizhao.kernel.clock import rfc3339
from zhizhao.kernel.text import mask_name
from zhizhao.licence.licence import Licence
from zhizhao.licence.status import status_of_copy
from zhizhao.wallet.access import AccessToken
from zhizhao.wallet.card import Card
from zhizhao.wallet.device import Device
from zhizhao.wallet.holding import Copy
from zhizhao.web.i18n import SOURCE, current_language
from zhizhao.web.wallet.api.bodies import (
    CardBody,
    CopyBody,
    DeviceBody,
    FaceItemBody,
    FieldBody,
    LicenceBody,
    PresenterBody,
    RecordBody,
    TicketBody,
    TokenBody,
)
from zhizhao.web.wallet.verbs import Record, TicketNews


def token_body(token: AccessToken) -> TokenBody:
    """Return a token's answer."""
    return TokenBody(access_token=token.token, expires_in=token.expires_in, scope=token.level.value)


def device_body(device: Device, *, this: str) -> DeviceBody:
    """Return one device; `this` is the id of the one that asks."""
    return DeviceBody(
        id=device.device_id,
        label=device.label,
        state=device.state.value,
        this=device.device_id == this,
        enrolled_at=rfc3339(device.enrolled_at),
        ended_at=when(device.ended_at),
    )


def card_body(card: Card) -> CardBody:
    """Return one licence of the list."""
    entity = card.entity
    copy = card.copy
    return CardBody(
        uscc=entity.uscc,
        name=entity.name,
        kind=entity.kind,
        status=entity.status.value,
        marks=tuple(sorted(mark.value for mark in entity.marks)),
        state=card.state.value,
        role=card.entitlement.role.value,
        registrar=entity.registrar,
        legal_representative=mask_name(entity.principal.name),
        version=card.version,
        copy=None if copy is None else CopyBody(version=copy.version, downloaded_at=rfc3339(copy.downloaded_at)),
        can_show=card.can_show,
        can_download=card.can_download,
    )


def licence_body(licence: Licence, copy: Copy, *, current: int | None) -> LicenceBody:
    """Return a downloaded version; `current` is the version in force now."""
    face = licence.face
    status = licence.status
    if current is not None:
        status = status_of_copy(status, copy_version=copy.version, current_version=current)
    return LicenceBody(
        uscc=licence.uscc,
        identifier=licence.identifier,
        version=licence.version,
        status=status.value,
        role=copy.role.value,
        name=face.name,
        kind=face.kind,
        registrar=face.registrar,
        made_on=face.made_on.isoformat(),
        face=tuple(FaceItemBody(field=i.field, label=i.label, text=i.text) for i in face.items),
        issued_at=rfc3339(licence.issued_at),
        downloaded_at=rfc3339(copy.downloaded_at),
    )


def record_body(record: Record) -> RecordBody:
    """Return one use record."""
    told = record.presentation
    failed = told.failed
    because = None if failed is None else (failed.zh if current_language() == SOURCE else failed.en)
    matter = record.matter
    return RecordBody(
        id=told.presentation_id,
        uscc=told.uscc,
        name=record.name,
        function="present",
        verified_at=rfc3339(told.verified_at),
        verdict=told.verdict.value,
        because=because,
        verifier=told.client_name,
        operator=told.operator,
        matter=told.matter,
        matter_name=matter.name if matter else None,
        purpose=told.purpose,
        case_number=told.case_number,
        fields=tuple(FieldBody(field=f, label=record.labels.get(f, f)) for f in told.fields),
        presenter=PresenterBody(role=told.presenter.role, name=told.presenter.name),
        documents_not_required=matter.documents_not_required if matter and failed is None else (),
        receipt=told.receipt,
    )


def ticket_body(news: TicketNews) -> TicketBody:
    """Return where a ticket stands."""
    state = "redeemed" if news.record else ("expired" if news.expired else "waiting")
    return TicketBody(
        state=state,
        expires_at=rfc3339(news.expires_at),
        record=None if news.record is None else record_body(news.record),
    )


def when(at: datetime | None) -> str | None:
    """Return a time as the API writes it; None stays."""
    return None if at is None else rfc3339(at)
