"""What was found about one file: four questions, four answers, each with its evidence (STYLE.md §4.6).

There is no single "ok" among them on purpose. `because` codes are public: they are in `--json` and have their words
in `words.py`; add codes, never rename one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from zhizhao.kernel.clock import rfc3339


class Kind(StrEnum):
    """What the file is; known only from bytes whose signature is good and trusted."""

    LICENCE_PDF = "licence_pdf"
    ARCHIVE_COPY = "archive_copy"
    PDF = "pdf"
    """A PDF that is not ours, or of which nothing can be said because its seal does not hold."""
    RECEIPT = "receipt"
    CREDENTIAL = "credential"
    UNKNOWN = "unknown"


class Answer(StrEnum):
    """Three-valued: what could not be asked is not a no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


TRUTH = {Answer.YES: True, Answer.NO: False, Answer.UNKNOWN: None}


class Standing(StrEnum):
    """Words of the status list, read now; INTERFACES.md §3."""

    VALID = "valid"
    CHANGED = "changed"
    SUSPENDED = "suspended"
    INVALID = "invalid"
    """The reason is given online only."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One answer, why, and what it rests on."""

    answer: Answer
    because: str
    """Stable code of the reason."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Evidence: positions, names, times; no personal data beyond what the file itself shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What the issuer says now about the licence or the key behind the file."""

    standing: Standing
    because: str
    as_of: datetime | None = None
    """When the issuer said so, UTC; None when nobody could be asked."""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Everything found about one file."""

    kind: Kind
    intact: Judgement
    """Whether every byte of the file is one that was signed, or belongs to the signature itself."""
    valid: Judgement
    """Whether the signature computes under the signer's key over these bytes."""
    trusted: Judgement
    """Whether that key is one that we hold, or its certificates reach a root that we hold."""
    status: Status
    """What the issuer says now; the other three answers cannot change after signing, this one can."""
    subject: Mapping[str, Any] = field(default_factory=dict)
    """What the file is about, from bytes whose signature is good."""
    parts: tuple[tuple[str, "Finding"], ...] = ()
    """Evidence that travels inside the file, each part judged by itself."""

    def holds(self, *, offline: bool = False) -> bool:
        """Say whether everything asked holds; `offline` asks for everything but the present status."""
        answers = (self.intact, self.valid, self.trusted)
        signed = all(one.answer is Answer.YES for one in answers)
        current = self.status.standing is Standing.VALID
        if offline:
            current = self.status.standing in {Standing.VALID, Standing.UNKNOWN}
        return signed and current and all(part.holds(offline=True) for _, part in self.parts)

    def as_json(self) -> dict[str, Any]:
        """Return the finding with stable keys; yes, no and unknown are true, false and null."""
        asked = {"intact": self.intact, "valid": self.valid, "trusted": self.trusted}
        reasons = {name: one.because for name, one in asked.items()}
        evidence = {name: dict(one.facts) for name, one in asked.items()}
        return {
            "kind": self.kind,
            **{name: TRUTH[one.answer] for name, one in asked.items()},
            "status": self.status.standing,
            "status_as_of": rfc3339(self.status.as_of) if self.status.as_of else None,
            "because": {**reasons, "status": self.status.because},
            "evidence": {**evidence, "status": dict(self.status.facts)},
            "subject": dict(self.subject),
            "parts": {name: part.as_json() for name, part in self.parts},
        }


def yes(because: str, **facts: Any) -> Judgement:
    """Return a yes with its evidence."""
    return Judgement(answer=Answer.YES, because=because, facts=facts)


def no(because: str, **facts: Any) -> Judgement:
    """Return a no with its reason."""
    return Judgement(answer=Answer.NO, because=because, facts=facts)


def unknown(because: str, **facts: Any) -> Judgement:
    """Return an answer that could not be had, with the reason."""
    return Judgement(answer=Answer.UNKNOWN, because=because, facts=facts)


def status_unknown(because: str, **facts: Any) -> Status:
    """Return a status that could not be had, with the reason."""
    return Status(standing=Standing.UNKNOWN, because=because, facts=facts)
