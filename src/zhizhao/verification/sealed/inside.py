"""Read a PDF whose seal is good and trusted: does the parser see the same signatures, and what travels inside.

Only bytes that our own key sealed come here. Rules, in order: (1) the parser finds exactly the signatures that the
bytes show; (2) whatever came after a signature is a further signature without a picture; (3) attachments are small
texts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, Final

from pyhanko.pdf_utils.generic import ByteStringObject, DictionaryObject, TextStringObject
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, ModificationLevel, SuspiciousModification
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.errors import SignatureValidationError

from zhizhao.verification.errors import Fault
from zhizhao.verification.sealed.container import Container

LARGEST_ATTACHMENT: Final = 256 * 1024
MOST_ATTACHMENTS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """What the sealed document holds."""

    attachments: Mapping[str, str]
    keywords: tuple[str, ...]
    """As the sheet wrote them: USCC, template with version, and the presentation of an archive copy."""
    sealed_at: datetime | None
    """Claimed time of the first signature; nobody stamped it."""


def read_inside(data: bytes, containers: tuple[Container, ...]) -> Inside:
    """Return what the document holds. Raises Fault."""
    try:
        reader = PdfFileReader(BytesIO(data), strict=True)
        signatures = list(reader.embedded_signatures)
        _require_same(signatures, containers)  # (1)
        for signature in signatures[:-1]:
            _require_only_signatures_after(signature)  # (2)
        return Inside(
            attachments=dict(_attachments(reader)),  # (3)
            keywords=_keywords(reader),
            sealed_at=signatures[0].self_reported_timestamp,
        )
    except (PdfError, SignatureValidationError, SuspiciousModification) as cause:
        raise Fault(because="document-structure", reason=type(cause).__name__) from cause
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, RecursionError) as cause:
        raise Fault(because="document-structure", reason=type(cause).__name__) from cause


def _require_same(signatures: list[EmbeddedPdfSignature], containers: tuple[Container, ...]) -> None:
    seen = sorted(tuple(int(number) for number in one.byte_range) for one in signatures)
    found = sorted((0, one.start, one.stop, one.covered_to - one.stop) for one in containers)
    if seen != found:
        raise Fault(because="signatures-elsewhere", seen=len(seen), found=len(found))


def _require_only_signatures_after(signature: EmbeddedPdfSignature) -> None:
    signature.compute_integrity_info(diff_policy=DEFAULT_DIFF_POLICY)  # type: ignore[no-untyped-call] # untyped there
    result = signature.diff_result
    level = getattr(result, "modification_level", None)
    if level is None or level > ModificationLevel.FORM_FILLING:
        raise Fault(because="changed-after-signature", level=str(level))


def _keywords(reader: PdfFileReader) -> tuple[str, ...]:
    written = _text(reader.trailer_view["/Info"].get("/Keywords")) or ""
    return tuple(one.strip() for one in written.split(",") if one.strip())


def _attachments(reader: PdfFileReader) -> Iterator[tuple[str, str]]:
    names = reader.root.get("/Names", {}).get("/EmbeddedFiles")
    files = list(_leaves(names, depth=0)) if names is not None else []
    if len(files) > MOST_ATTACHMENTS:
        raise Fault(because="attachment-form", found=len(files))
    for specification in files:
        name = _text(specification.get("/UF")) or _text(specification.get("/F")) or ""
        content = specification["/EF"]["/F"].data
        if len(content) > LARGEST_ATTACHMENT:
            raise Fault(because="attachment-form", name=name, size=len(content))
        yield name, content.decode("ascii")


def _leaves(node: DictionaryObject, *, depth: int) -> Iterator[Any]:
    """Yield the values of a name tree (ISO 32000-2 §7.9.6)."""
    if depth > MOST_ATTACHMENTS:
        raise Fault(because="attachment-form", reason="depth")
    for kid in node.get("/Kids", ()):
        yield from _leaves(kid, depth=depth + 1)
    pairs = node.get("/Names", ())
    yield from (pairs[place] for place in range(1, len(pairs), 2))


def _text(value: object) -> str | None:
    if isinstance(value, ByteStringObject):
        return value.decode("utf-8")
    return str(value) if isinstance(value, TextStringObject | str) else None
