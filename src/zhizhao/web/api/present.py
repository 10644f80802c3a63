"""From a presentation to the body that its client may see; the same for the answer at once and for a later look."""

from collections.abc import Sequence

from zhizhao.catalogue.matter import Matter
from zhizhao.kernel.clock import rfc3339
from zhizhao.licence.face import LicenceFace
from zhizhao.licence.mask import masked_items, shows_principal
from zhizhao.mandate.grant import Grant
from zhizhao.presentation.presentation import Presentation, Verdict
from zhizhao.web.api.bodies import (
    ArchiveBody,
    CheckBody,
    FaceItemBody,
    LicenceBody,
    MandateBody,
    PresentationBody,
    PresenterBody,
)


def presentation_body(
    presentation: Presentation, *, face: LicenceFace | None, matter: Matter | None, grant: Grant | None
) -> PresentationBody:
    """Return the body; a refused one carries neither licence nor presenter."""
    accepted = presentation.verdict is Verdict.ACCEPTED and face is not None
    return PresentationBody(
        id=presentation.presentation_id,
        verified_at=rfc3339(presentation.verified_at),
        registry_as_of=rfc3339(presentation.registry_as_of),
        verdict=presentation.verdict,
        checks=tuple(
            CheckBody(name=c.check, result=c.result, because=c.zh, reason=c.reason) for c in presentation.checks
        ),
        matter=presentation.matter,
        purpose=presentation.purpose,
        case_number=presentation.case_number,
        operator=presentation.operator,
        fields=presentation.fields,
        licence=_licence(presentation, face) if accepted and face is not None else None,
        presenter=_presenter(presentation, grant) if accepted else None,
        documents_not_required=matter.documents_not_required if accepted and matter else (),
        archive=ArchiveBody(pdf=f"/api/v1/presentations/{presentation.presentation_id}/licence.pdf")
        if accepted
        else None,
        receipt=presentation.receipt,
    )


def face_items(face: LicenceFace, fields: Sequence[str]) -> tuple[FaceItemBody, ...]:
    """Return the granted items of a face in reading order: the code first, then the items, then registrar and day."""
    around = {
        "uscc": ("统一社会信用代码", face.uscc),
        "registrar": ("登记机关", face.registrar),
        "issued_on": ("登记日期", face.made_on_text),
    }
    granted = set(fields)
    items = [FaceItemBody(field=i.field, label=i.label, text=i.text) for i in masked_items(face, granted)]
    named = {i.field for i in items}
    code = [FaceItemBody(field="uscc", label=around["uscc"][0], text=face.uscc)] if "uscc" in granted else []
    rest = [
        FaceItemBody(field=field, label=label, text=text)
        for field, (label, text) in around.items()
        if field in granted and field not in named and field != "uscc"
    ]
    return (*items[:1], *code, *items[1:], *rest)


def _licence(presentation: Presentation, face: LicenceFace) -> LicenceBody:
    return LicenceBody(
        identifier=presentation.licence_identifier,
        version=presentation.licence_version,
        status=presentation.licence_status,
        uscc=presentation.uscc,
        name=face.name if "name" in presentation.fields else None,
        kind=face.kind,
        legal_representative=face.legal_representative if shows_principal(presentation.fields) else None,
        face=face_items(face, presentation.fields),
    )


def _presenter(presentation: Presentation, grant: Grant | None) -> PresenterBody:
    presenter = presentation.presenter
    mandate = None
    if presenter.mandate_id and grant:
        matters = None if grant.matters is None else tuple(sorted(grant.matters))
        mandate = MandateBody(id=presenter.mandate_id, matters=matters, not_after=grant.to_on.isoformat())
    return PresenterBody(role=presenter.role, name=presenter.name, mandate=mandate)
