"""Ways to alter a sealed PDF, each named after its defect (PDF insecurity: incremental saving, shadow, wrapping)."""

import random
import re
from collections.abc import Callable, Iterator
from io import BytesIO

from asn1crypto import cms, core
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.stamp import TextStampStyle

from factories.documents import NOW, Issuer
from zhizhao.document.seal import P256_ORDER, ProviderSigner

CONTAINER = re.compile(rb"/Contents <([0-9A-F]+)>")
RANGE = re.compile(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\]( *)")
OVERLAY = b"q 1 1 1 rg 0 0 842 595 re f Q BT /F 40 Tf 100 300 Td (forged) Tj ET"

Attack = tuple[str, bytes]


def der_of(pdf: bytes) -> bytes:
    """Return the signature value without padding."""
    found = CONTAINER.search(pdf)
    assert found
    return cms.ContentInfo.load(bytes.fromhex(found[1].decode())).dump()


def with_der(pdf: bytes, der: bytes, *, padding: bytes = b"") -> bytes:
    """Return the PDF with another signature value in its container."""
    found = CONTAINER.search(pdf)
    assert found
    text = (der + padding).hex().upper().encode()
    assert len(text) <= len(found[1])
    return pdf[: found.start(1)] + text.ljust(len(found[1]), b"0") + pdf[found.end(1) :]


def byte_flips(pdf: bytes, count: int, rng: random.Random) -> Iterator[Attack]:
    """Change one bit of one byte anywhere."""
    for _ in range(count):
        at = rng.randrange(len(pdf))
        yield f"bit {at}", pdf[:at] + bytes([pdf[at] ^ (1 << rng.randrange(8))]) + pdf[at + 1 :]


def container_flips(pdf: bytes, count: int, rng: random.Random) -> Iterator[Attack]:
    """Change one hexadecimal digit of the signature value, or the case of one."""
    found = CONTAINER.search(pdf)
    assert found
    used = 2 * len(der_of(pdf))
    for _ in range(count):
        at = found.start(1) + rng.randrange(used)
        others = [digit for digit in b"0123456789ABCDEFabcdef" if digit != pdf[at]]
        yield f"digit {at}", pdf[:at] + bytes([rng.choice(others)]) + pdf[at + 1 :]


def paddings(pdf: bytes, count: int, rng: random.Random) -> Iterator[Attack]:
    """Write into the padding behind the signature value."""
    found = CONTAINER.search(pdf)
    assert found
    used = 2 * len(der_of(pdf))
    for _ in range(count):
        at = rng.randrange(found.start(1) + used, found.end(1))
        yield f"padding {at}", pdf[:at] + rng.choice([b"1", b"F", b" ", b">", b"\n"]) + pdf[at + 1 :]


def edits(pdf: bytes, count: int, rng: random.Random) -> Iterator[Attack]:
    """Cut, double, insert and move slices."""
    for _ in range(count):
        at, long = rng.randrange(len(pdf)), rng.randrange(1, 2000)
        piece = pdf[at : at + long]
        choice = rng.randrange(5)
        to = rng.randrange(len(pdf))
        if choice == 0:
            yield "truncated", pdf[: max(at, 1)]
        elif choice == 1:
            yield "cut out", pdf[:at] + pdf[at + long :]
        elif choice == 2:
            yield "doubled", pdf[:at] + piece + pdf[at:]
        elif choice == 3:
            yield "inserted", pdf[:at] + rng.randbytes(long) + pdf[at:]
        else:
            yield "moved", pdf[:to] + piece + pdf[to + long :] if pdf[to : to + long] != piece else pdf + piece


def framings(pdf: bytes) -> Iterator[Attack]:
    """Bytes around the document and further end marks."""
    tail = pdf[pdf.rindex(b"startxref") :]
    yield "leading byte", b"\n" + pdf
    yield "leading document", pdf[:2000] + pdf
    yield "trailing byte", pdf + b" "
    yield "trailing line", pdf + b"\n"
    yield "trailing end mark", pdf + b"%%EOF\n"
    yield "trailing startxref", pdf + tail
    yield "trailing comment", pdf + b"% forged\n%%EOF\n"
    yield "trailing zeros", pdf + bytes(1000)
    yield "two documents", pdf + pdf


def byte_ranges(pdf: bytes) -> Iterator[Attack]:
    """Byte ranges that leave out more, start later, overlap, or come twice."""
    found = RANGE.search(pdf)
    assert found
    start, stop, rest = (int(number) for number in found.groups()[:3])
    width = len(found[0])
    for name, numbers in {
        "wider gap": (0, start - 50, stop + 50, rest - 50),
        "gap to the left": (0, start - 1, stop, rest),
        "gap to the right": (0, start, stop + 1, rest - 1),
        "late start": (10, start - 10, stop, rest),
        "overlap": (0, stop, start, rest + stop - start),
        "short end": (0, start, stop, rest - 6),
        "beyond the end": (0, start, stop, rest + 1000),
        "no gap": (0, start, start, len(pdf) - start),
    }.items():
        text = b"/ByteRange [%d %d %d %d]" % numbers
        yield name, pdf[: found.start()] + text.ljust(width) + pdf[found.end() :]
    yield "byte range twice", pdf[: found.start()] + found[0].strip() + found[0][60:] + pdf[found.end() :]
    again = b"\n99 0 obj\n<</Type /Sig /ByteRange [0 %d %d %d] /Contents <00>>>\nendobj\n" % (start, stop, rest)
    yield "second dictionary", pdf + again + b"startxref\n0\n%%EOF\n"
    yield "hidden name", pdf + again.replace(b"/ByteRange", b"/Byte#52ange") + b"startxref\n0\n%%EOF\n"
    yield "byte range renamed", pdf.replace(b"/ByteRange [", b"/ByteRangf [")
    yield "contents renamed", pdf.replace(b"/Contents <3", b"/Contentz <3")
    yield "contents empty", pdf[: pdf.index(b"/Contents <3") + 11] + b">" + pdf[stop:]
    yield "contents null", pdf[: pdf.index(b"/Contents <3")] + b"/Contents null" + pdf[stop:]


def wrapped(pdf: bytes) -> Iterator[Attack]:
    """Signature wrapping: the second signed part moves away and forged bytes take its place."""
    found = RANGE.search(pdf)
    assert found
    start, stop, rest = (int(number) for number in found.groups()[:3])
    second = pdf[stop:]
    for name, forged in {"objects": b"\n4 0 obj\n<<>>\nendobj\n", "zeros": bytes(500), "copy": pdf[:stop]}.items():
        moved = stop + len(forged)
        text = (b"/ByteRange [0 %d %d %d]" % (start, moved, rest)).ljust(len(found[0]))
        yield (
            f"wrapped around {name}",
            pdf[: found.start()] + text + pdf[found.end() : stop] + forged + second,
        )


def containers(pdf: bytes, other: bytes) -> Iterator[Attack]:
    """Signature values in another form, with more in them, or of another document."""
    der = der_of(pdf)
    for name, change in CONTENT_CHANGES.items():
        info = cms.ContentInfo.load(der).copy()
        change(info, cms.ContentInfo.load(der_of(other)))
        yield name, with_der(pdf, info.dump(force=True))
    yield "of another document", with_der(pdf, der_of(other))
    yield "indefinite length", with_der(pdf, b"\x30\x80" + der[4:] + b"\x00\x00")
    yield "long length", with_der(pdf, b"\x30\x83\x00" + der[2:])
    yield "two values", with_der(pdf, der, padding=der)
    yield "empty", with_der(pdf, b"")
    yield "only zeros", with_der(pdf, bytes(len(der)))
    yield "text", with_der(pdf, b"-----BEGIN CMS-----")


def _larger_s(info: cms.ContentInfo, _: cms.ContentInfo) -> None:
    signer = info["content"]["signer_infos"][0]
    r, s = decode_dss_signature(signer["signature"].native)
    signer["signature"] = encode_dss_signature(r, P256_ORDER - s)


def _add_unsigned(info: cms.ContentInfo, _: cms.ContentInfo) -> None:
    attribute = cms.CMSAttribute({"type": "1.2.3.4", "values": [core.OctetString(b"hidden")]})
    info["content"]["signer_infos"][0]["unsigned_attrs"] = cms.CMSAttributes([attribute])


def _add_certificate(info: cms.ContentInfo, other: cms.ContentInfo) -> None:
    info["content"]["certificates"].append(other["content"]["certificates"][0])


def _drop_certificate(info: cms.ContentInfo, _: cms.ContentInfo) -> None:
    info["content"]["certificates"] = cms.CertificateSet([])


def _add_signer(info: cms.ContentInfo, other: cms.ContentInfo) -> None:
    info["content"]["signer_infos"].append(other["content"]["signer_infos"][0])


def _other_digest(info: cms.ContentInfo, _: cms.ContentInfo) -> None:
    info["content"]["signer_infos"][0]["digest_algorithm"] = {"algorithm": "sha1"}


def _more_digests(info: cms.ContentInfo, _: cms.ContentInfo) -> None:
    info["content"]["digest_algorithms"].append({"algorithm": "sha1"})


def _other_version(info: cms.ContentInfo, _: cms.ContentInfo) -> None:
    info["content"]["version"] = "v3"


def _attached(info: cms.ContentInfo, _: cms.ContentInfo) -> None:
    info["content"]["encap_content_info"]["content"] = b"forged"


def _no_attributes(info: cms.ContentInfo, _: cms.ContentInfo) -> None:
    info["content"]["signer_infos"][0]["signed_attrs"] = cms.CMSAttributes([])


def _other_digest_value(info: cms.ContentInfo, _: cms.ContentInfo) -> None:
    for attribute in info["content"]["signer_infos"][0]["signed_attrs"]:
        if attribute["type"].native == "message_digest":
            attribute["values"] = [bytes(32)]


CONTENT_CHANGES: dict[str, Callable[[cms.ContentInfo, cms.ContentInfo], None]] = {
    "unsigned attribute": _add_unsigned,
    "further certificate": _add_certificate,
    "no certificate": _drop_certificate,
    "further signer": _add_signer,
    "other digest algorithm": _other_digest,
    "further digest algorithm": _more_digests,
    "other version": _other_version,
    "attached content": _attached,
    "no signed attributes": _no_attributes,
    "other digest value": _other_digest_value,
    "larger s": _larger_s,
}


def updates(pdf: bytes) -> Iterator[Attack]:
    """Incremental updates: what readers show changes, what was signed stays."""
    for name, change in UPDATES.items():
        writer = IncrementalPdfFileWriter(BytesIO(pdf))
        change(writer)
        output = BytesIO()
        writer.write(output)
        yield name, output.getvalue()


def _page(writer: IncrementalPdfFileWriter) -> generic.DictionaryObject:
    page = writer.root["/Pages"]["/Kids"][0]
    found: generic.DictionaryObject = page.get_object()
    return found


def _replace_content(writer: IncrementalPdfFileWriter) -> None:
    page = _page(writer)
    page[pdf_name("/Contents")] = writer.add_object(generic.StreamObject(stream_data=OVERLAY))
    writer.update_container(page)


def _overlay(writer: IncrementalPdfFileWriter) -> None:
    page = _page(writer)
    above = writer.add_object(generic.StreamObject(stream_data=OVERLAY))
    page[pdf_name("/Contents")] = generic.ArrayObject([page.raw_get("/Contents"), above])
    writer.update_container(page)


def _annotate(writer: IncrementalPdfFileWriter) -> None:
    page = _page(writer)
    box = generic.ArrayObject([generic.NumberObject(number) for number in (0, 0, 800, 500)])
    note = generic.DictionaryObject(
        {pdf_name("/Type"): pdf_name("/Annot"), pdf_name("/Subtype"): pdf_name("/Square"), pdf_name("/Rect"): box}
    )
    page["/Annots"].append(writer.add_object(note))
    writer.update_container(page["/Annots"])


def _other_pages(writer: IncrementalPdfFileWriter) -> None:
    pages = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Pages"),
            pdf_name("/Kids"): generic.ArrayObject(),
            pdf_name("/Count"): generic.NumberObject(0),
        }
    )
    writer.root[pdf_name("/Pages")] = writer.add_object(pages)
    writer.update_root()


def _open_action(writer: IncrementalPdfFileWriter) -> None:
    action = {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): generic.TextStringObject("app.alert(1)")}
    writer.root[pdf_name("/OpenAction")] = generic.DictionaryObject(action)
    writer.update_root()


def _validation_data(writer: IncrementalPdfFileWriter) -> None:
    writer.root[pdf_name("/DSS")] = writer.add_object(generic.DictionaryObject({pdf_name("/Type"): pdf_name("/DSS")}))
    writer.update_root()


def _drop_field(writer: IncrementalPdfFileWriter) -> None:
    writer.root[pdf_name("/AcroForm")] = generic.DictionaryObject({pdf_name("/Fields"): generic.ArrayObject()})
    writer.update_root()


def _no_attachments(writer: IncrementalPdfFileWriter) -> None:
    writer.root[pdf_name("/Names")] = generic.DictionaryObject()
    writer.update_root()


UPDATES: dict[str, Callable[[IncrementalPdfFileWriter], None]] = {
    "page replaced": _replace_content,
    "page painted over": _overlay,
    "annotation over the page": _annotate,
    "pages gone": _other_pages,
    "script on opening": _open_action,
    "validation data that nobody signed": _validation_data,
    "signature field gone": _drop_field,
    "attachments gone": _no_attachments,
}


def second_signatures(pdf: bytes, signers: dict[str, Issuer]) -> Iterator[Attack]:
    """Sign the whole file once more, honest or over a changed page, by somebody or by the issuer."""
    for who, issuer in signers.items():
        for name, change in {"plain": None, "page replaced": _replace_content, "painted over": _overlay}.items():
            writer = IncrementalPdfFileWriter(BytesIO(pdf))
            if change:
                change(writer)
            yield f"second signature by {who}, {name}", _sign(writer, issuer, box=None)
        writer = IncrementalPdfFileWriter(BytesIO(pdf))
        yield f"second signature by {who}, visible", _sign(writer, issuer, box=(50, 50, 800, 550))


def _sign(writer: IncrementalPdfFileWriter, issuer: Issuer, *, box: tuple[int, int, int, int] | None) -> bytes:
    metadata = PdfSignatureMetadata(
        field_name="Second", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256", app_build_props=None
    )
    signer = PdfSigner(
        metadata,
        signer=_Quiet(issuer.keys, issuer.chain),
        stamp_style=TextStampStyle(stamp_text="forged"),
        new_field_spec=SigFieldSpec("Second", box=box),
    )
    output = signer.sign_pdf(writer, bytes_reserved=16384, appearance_text_params={"ts": str(NOW)})
    return bytes(output.getbuffer())


class _Quiet(ProviderSigner):
    """The same signer for the library's own high-level calls."""


def resigned(plain: bytes, signers: dict[str, Issuer]) -> Iterator[Attack]:
    """Seal the same document as somebody else under certificates of the same names."""
    for who, issuer in signers.items():
        yield f"sealed by {who}", issuer.seal(plain)
