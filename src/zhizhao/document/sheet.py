"""The licence as paper: everything that stands on one sheet, taken from the face and never typed again.

Two sheets: the licence itself (副本) and the archive copy (存档件), which is the same sheet with a watermark and a
panel that say for whom and for what it was made. DOMAIN.md §7, UX.md §12.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from zhizhao.document.attachment import Attachment
from zhizhao.kernel.clock import BEIJING
from zhizhao.licence.face import MISSING_NAME, FaceItem, LicenceFace, Side
from zhizhao.settings import Settings

DEMO_BANNER: Final = "演示系统 · 非官方 · 数据均为虚构"
SCOPE_FIELDS: Final = frozenset({"scope", "business_scope"})
ARCHIVE_NOTE: Final = "扫码可查询当前状态；存档件仅反映核验时的信息"
WATERMARK_PURPOSE: Final = 40
"""Longest purpose inside the watermark; the panel has it whole."""
NO_SUBSTITUTES: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Row:
    """One printed fact."""

    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """What an archive copy says about itself."""

    rows: tuple[Row, ...]
    about: str
    """Id of the presentation, kept among the file's keywords so that its evidence can be compared with it."""
    state: str
    """Right end of the heading."""
    url: str
    """Content of the verification code."""
    watermark: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet of A4 landscape, ready to be drawn; equal sheets give equal bytes."""

    face_version: str
    template: str
    uscc: str
    copy: str
    """Number of the duplicate, `1-1`."""
    left: tuple[Row, ...]
    scope: Row | None
    """Last item of the left column; flows, shrinks or goes to a further sheet, whole."""
    right: tuple[Row, ...]
    registrar: str
    made_on: str
    """Printed day of the face."""
    url: str
    """Content of the face's code."""
    hint: str
    publicity: str
    annual: str
    note: str | None
    """Substitutes for characters that the fonts do not have."""
    demo: bool
    panel: Panel | None
    attachments: tuple[Attachment, ...]
    drawn_at: datetime
    """Creation time inside the file, UTC."""

    def texts(self) -> tuple[str, ...]:
        """Return every text that comes from data and must have its glyphs."""
        scope = (self.scope,) if self.scope else ()
        rows = (*self.left, *scope, *self.right, *(self.panel.rows if self.panel else ()))
        wording = (self.copy, self.registrar, self.made_on, self.hint, self.publicity, self.annual, self.note or "")
        return (*(row.label + row.text for row in rows), *wording, self.panel.state if self.panel else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """Why an archive copy is made: one verification at a counter or by a system."""

    presentation_id: str
    """`prs_…`."""
    purpose: str
    relying_party: str
    place: str
    """Where or by whom: window, operator, system."""
    case_number: str
    """Empty where the relying party named none."""
    verified_at: datetime
    is_partial: bool = False
    """The face holds only the fields that went out; the sheet then says so."""


def licence_sheet(
    face: LicenceFace,
    *,
    settings: Settings,
    display_id: str,
    drawn_at: datetime,
    copy: str = "1-1",
    attachments: tuple[Attachment, ...] = (),
) -> Sheet:
    """Return the sheet of a licence; `drawn_at` is the moment of its issue."""
    return _sheet(
        face,
        settings=settings,
        display_id=display_id,
        drawn_at=drawn_at,
        copy=copy,
        attachments=attachments,
        panel=None,
    )


def archive_sheet(
    face: LicenceFace,
    occasion: Occasion,
    *,
    settings: Settings,
    display_id: str,
    copy: str = "1-1",
    attachments: tuple[Attachment, ...] = (),
    watermark: bool = True,
) -> Sheet:
    """Return the sheet that a relying party puts on its file, with the evidence attached."""
    return _sheet(
        face,
        settings=settings,
        display_id=display_id,
        drawn_at=occasion.verified_at,
        copy=copy,
        attachments=attachments,
        panel=_panel(occasion, settings=settings, watermark=watermark),
    )


def verification_url(base_url: str, presentation_id: str) -> str:
    """Return the public address behind an archive copy's code; printed on paper, so it never changes."""
    return f"{base_url}/verify?p={quote(presentation_id, safe='')}"


def display_url(base_url: str, display_id: str) -> str:
    """Return the public address behind the face's code; printed on paper, so it never changes."""
    return f"{base_url}/d/{quote(display_id, safe='')}"


def _sheet(
    face: LicenceFace,
    *,
    settings: Settings,
    display_id: str,
    drawn_at: datetime,
    copy: str,
    attachments: tuple[Attachment, ...],
    panel: Panel | None,
) -> Sheet:
    agreed = settings.glyph_substitutes or NO_SUBSTITUTES
    left = [item for item in face.items if item.side == Side.LEFT]
    scope = next((item for item in left if item.field in SCOPE_FIELDS), None)
    return Sheet(
        face_version=face.version,
        template=face.template,
        uscc=face.uscc,
        copy=copy,
        left=tuple(_row(item, agreed) for item in left if item is not scope),
        scope=_row(scope, agreed) if scope else None,
        right=tuple(_row(item, agreed) for item in face.items if item.side == Side.RIGHT),
        registrar=_agree(face.registrar, agreed),
        made_on=face.made_on_text,
        url=display_url(settings.base_url, display_id),
        hint=settings.face_code_note,
        publicity=settings.publicity_note,
        annual=settings.annual_report_note,
        note=_note(face, agreed),
        demo=settings.demo,
        panel=panel,
        attachments=attachments,
        drawn_at=drawn_at,
    )


def _row(item: FaceItem, agreed: Mapping[str, str]) -> Row:
    text = item.text or (MISSING_NAME if item.field == "name" else "")
    return Row(item.label, _agree(text, agreed))


def _agree(text: str, agreed: Mapping[str, str]) -> str:
    for missing, substitute in agreed.items():
        text = text.replace(missing, substitute)
    return text


def _note(face: LicenceFace, agreed: Mapping[str, str]) -> str | None:
    printed = face.registrar + "".join(item.text for item in face.items)
    notes = [
        f"“{substitute}”为代用字，登记用字U+{ord(missing):04X}"
        for missing, substitute in agreed.items()
        if missing in printed
    ]
    return "；".join(notes) or None


def _panel(occasion: Occasion, *, settings: Settings, watermark: bool) -> Panel:
    moment = occasion.verified_at.astimezone(BEIJING).strftime("%Y年%m月%d日 %H:%M:%S")
    rows = (
        Row("用途", occasion.purpose),
        Row("接收单位", occasion.relying_party),
        Row("核验时间", "　".join(part for part in (moment, occasion.place) if part)),
        Row("办件编号", occasion.case_number or "（未填写）"),
        Row("出示编号", occasion.presentation_id),
    )
    brief = occasion.purpose
    if len(brief) > WATERMARK_PURPOSE:
        brief = brief[: WATERMARK_PURPOSE - 1] + "…"
    words = (f"仅供【{brief}】使用", moment, occasion.place, "演示" if settings.demo else "")
    return Panel(
        rows=rows,
        about=occasion.presentation_id,
        state="非原件 · 仅含获准事项" if occasion.is_partial else "非原件",
        url=verification_url(settings.base_url, occasion.presentation_id),
        watermark=" · ".join(word for word in words if word) if watermark else None,
    )
