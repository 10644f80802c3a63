"""One verb for everything anybody holds."""

import dataclasses
import re
from datetime import timedelta
from pathlib import Path

import pytest

from factories.changed import changed
from factories.documents import NOW, PRESENTATION, USCC, Issuer, archive, face, licence, occasion
from factories.documents import settings as made_up_settings
from zhizhao.document.attachment import credential_attachment, receipt_attachment
from zhizhao.verification.anchors import TrustAnchors
from zhizhao.verification.check import LARGEST, check
from zhizhao.verification.errors import FileTooLarge
from zhizhao.verification.finding import Answer, Finding, Kind, Standing, Status
from zhizhao.verification.status import NoStatus, Place
from zhizhao.verification.words import ANSWERS, KINDS, REASONS, STANDINGS


@dataclasses.dataclass
class Says:
    """A status source that says one thing."""

    standing: Standing

    async def of_place(self, place: Place) -> Status:
        """Return the one thing."""
        return Status(standing=self.standing, because=f"list-{self.standing}", as_of=NOW, facts={"list": place.uri})

    async def of_key(self, kid: str) -> Status:
        """Return the one thing."""
        return Status(standing=self.standing, because="key-published", as_of=NOW, facts={"kid": kid})


async def checked(data: bytes, house: Issuer, *, standing: Standing = Standing.VALID, days: int = 0) -> Finding:
    """Return the finding under the issuer's own anchors."""
    return await check(data, trust=house.anchors(), status=Says(standing), now=NOW + timedelta(days=days))


class TestKinds:
    """Four kinds are good from end to end."""

    async def test_licence_pdf(self, house: Issuer) -> None:
        """A sealed licence with its credential."""
        found = await checked(house.licence_pdf(), house)
        assert found.kind is Kind.LICENCE_PDF
        assert found.holds()
        assert found.subject["uscc"] == USCC

    async def test_archive_copy(self, house: Issuer) -> None:
        """A sealed copy with credential and receipt; each part is judged by itself."""
        found = await checked(house.archive_pdf(), house)
        assert found.kind is Kind.ARCHIVE_COPY
        assert found.holds()
        assert found.subject["jti"] == PRESENTATION
        assert {name: part.kind for name, part in found.parts} == {
            "licence.sd-jwt": Kind.CREDENTIAL,
            "receipt.jwt": Kind.RECEIPT,
        }

    @pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
    async def test_receipt_and_credential(self, house: Issuer, ending: str) -> None:
        """As text, with at most one line end."""
        receipt = await checked((house.receipt() + ending).encode(), house)
        credential = await checked((house.credential() + ending).encode(), house)
        assert (receipt.kind, credential.kind) == (Kind.RECEIPT, Kind.CREDENTIAL)
        assert receipt.holds()
        assert credential.holds()

    @pytest.mark.parametrize("data", [b"", b"hello", b"\x00" * 100, b"PK\x03\x04", b"a.b.c d", b"a.b.c\n\n"])
    async def test_anything_else(self, house: Issuer, data: bytes) -> None:
        """Nothing is claimed about what is not ours."""
        found = await checked(data, house)
        assert found.kind is Kind.UNKNOWN
        assert not found.holds(offline=True)

    async def test_unsigned_pdf(self, house: Issuer) -> None:
        """A PDF without a signature is a picture of something."""
        found = await checked(b"%PDF-1.7\n%%EOF\n", house)
        assert (found.kind, found.intact.because) == (Kind.PDF, "not-signed")

    async def test_too_large(self, house: Issuer) -> None:
        """The size is looked at before anything else."""
        with pytest.raises(FileTooLarge):
            await checked(b"%PDF-" + bytes(LARGEST), house)


class TestSeparateAnswers:
    """Each question can fail alone."""

    @pytest.mark.parametrize("standing", [Standing.CHANGED, Standing.SUSPENDED, Standing.INVALID])
    async def test_status(self, house: Issuer, standing: Standing) -> None:
        """A good signature over what is no longer so."""
        found = await checked(house.archive_pdf(), house, standing=standing)
        assert (found.intact.answer, found.valid.answer, found.trusted.answer) == (Answer.YES,) * 3
        assert found.status.standing is standing
        assert not found.holds()
        assert not found.holds(offline=True)

    async def test_unknown_status_holds_only_offline(self, house: Issuer) -> None:
        """Exit 1 unless somebody chose not to ask."""
        found = await check(house.receipt().encode(), trust=house.anchors(), status=NoStatus("no-server"), now=NOW)
        assert not found.holds()
        assert found.holds(offline=True)

    async def test_untrusted(self, house: Issuer) -> None:
        """Intact and valid under nobody's root; nothing inside is read."""
        found = await check(house.archive_pdf(), trust=TrustAnchors(source="none"), status=NoStatus("offline"), now=NOW)
        assert (found.intact.answer, found.valid.answer, found.trusted.answer) == (Answer.YES, Answer.YES, Answer.NO)
        assert found.kind is Kind.PDF
        assert found.parts == ()

    async def test_expired_certificate(self, house: Issuer) -> None:
        """Without a time stamp nobody knows whether the seal is older than the end of its certificate."""
        found = await checked(house.archive_pdf(), house, days=1200)
        assert found.trusted.because == "no-root"
        assert found.valid.answer is Answer.YES

    async def test_a_seal_that_is_not_on_the_list(self, house: Issuer) -> None:
        """Another certificate under the same root is not our seal."""
        trust = changed(house.anchors(), seal_keys=frozenset())
        found = await check(house.licence_pdf(), trust=trust, status=NoStatus("offline"), now=NOW)
        assert found.trusted.because == "signer-unknown"


class TestAgreement:
    """The evidence inside belongs to the page around it."""

    async def test_credential_of_another_entity(self, house: Issuer) -> None:
        """Sealed by us, yet saying two things."""
        other = changed(face("B"), uscc="91370881DEM00B049A")
        sheet = licence(attachments=(credential_attachment(house.credential(other)),))
        found = await checked(house.sealed(sheet), house)
        assert found.valid.because == "evidence-disagrees"
        assert not found.holds()

    async def test_receipt_of_another_presentation(self, house: Issuer) -> None:
        """A receipt belongs to one presentation."""
        about = occasion(presentation_id="prs_another0000000000000000")
        evidence = (credential_attachment(house.credential()), receipt_attachment(house.receipt()))
        found = await checked(house.sealed(archive(about=about, attachments=evidence)), house)
        assert found.valid.because == "evidence-disagrees"

    async def test_bad_evidence_makes_the_whole_fail(self, house: Issuer) -> None:
        """A sealed page around a receipt that nobody signed does not hold."""
        head, payload, signature = house.receipt().split(".")
        forged = f"{head}.{payload}.{'A' * len(signature)}"
        sheet = archive(attachments=(receipt_attachment(forged),))
        found = await checked(house.sealed(sheet), house)
        assert found.intact.answer is Answer.YES
        assert not found.holds(offline=True)

    async def test_a_sheet_without_evidence_is_just_a_pdf(self, house: Issuer) -> None:
        """Nothing inside to ask about."""
        found = await checked(house.sealed(licence(settings=made_up_settings(demo=False))), house)
        assert (found.kind, found.status.because) == (Kind.PDF, "no-reference")


class TestWords:
    """Everything that can be found has its words."""

    def test_every_answer_has_words(self) -> None:
        """Kinds, answers and standings."""
        assert set(KINDS) == set(Kind)
        assert set(ANSWERS) == set(Answer)
        assert set(STANDINGS) == set(Standing)

    async def test_reasons_of_findings_have_words(self, house: Issuer) -> None:
        """The codes of good and bad findings are in the table."""
        pdf = house.archive_pdf()
        for data in (pdf, pdf + b" ", pdf[:-400], house.receipt().encode(), b"x"):
            found = await checked(data, house)
            for one in (found.intact, found.valid, found.trusted, found.status):
                assert one.because in REASONS

    def test_every_reason_in_the_code_has_words(self) -> None:
        """Found by reading the source: whoever adds a code adds its words."""
        source = "".join(path.read_text("utf-8") for path in Path("src/zhizhao/verification").rglob("*.py"))
        codes = set(re.findall(r'because="([a-z-]+)"', source))
        codes |= set(re.findall(r'\b(?:yes|no|unknown|status_unknown)\("([a-z-]+)"', source))
        assert len(codes) > 40
        assert codes <= set(REASONS)

    async def test_json_has_stable_keys(self, house: Issuer) -> None:
        """Programs read this."""
        facts = (await checked(house.archive_pdf(), house)).as_json()
        assert set(facts) == {
            *("kind", "intact", "valid", "trusted", "status", "status_as_of"),
            *("because", "evidence", "subject", "parts"),
        }
        assert (facts["intact"], facts["valid"], facts["trusted"], facts["status"]) == (True, True, True, "valid")
