"""The root of every refusal: a stable public code and facts for the log."""

from typing import ClassVar


class ZhizhaoError(Exception):
    """A refusal or failure that the domain names.

    `code` is part of the public contract and never changes. `facts` go to the log with the request id; they
    may hold what the caller must not see, so doors never print them. Text for people is chosen at the door.
    """

    code: ClassVar[str] = "internal"

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.code, facts)

    def __str__(self) -> str:
        """Return the code and the facts, for logs and tests."""
        return f"{self.code} {self.facts}" if self.facts else self.code


class UsccMalformed(ZhizhaoError):
    """A text is no unified social credit code (统一社会信用代码).

    Facts: `reason` of `kernel.uscc.Reason`; `suspects`, the positions (1 to 18) of which one alone could explain it;
    `position` and `character`, when there is exactly one. The text is never a fact: it may be an ID number.
    """

    code = "uscc-malformed"


class RegistrationNumberMalformed(ZhizhaoError):
    """A text is no 15-digit registration number of the old form (注册号).

    Fact: `reason`.
    """

    code = "registration-number-malformed"


class IdNumberMalformed(ZhizhaoError):
    """A text is no citizen's identity number of GB 11643.

    Fact: `reason`; never the number.
    """

    code = "id-number-malformed"


class DocumentMalformed(ZhizhaoError):
    """A text is no number of the stated kind of document.

    Facts: `kind`, `reason`; never the number.
    """

    code = "document-malformed"


class CodeMalformed(ZhizhaoError):
    """A text is no 24-digit presentation code.

    Fact: `reason` (`length`, `digits`, `kind`, `check`).
    """

    code = "code-malformed"


class IdentifierMalformed(ZhizhaoError):
    """A text is no licence identifier of GB/T 36904.

    Fact: `reason`.
    """

    code = "identifier-malformed"


class UnitUnknown(ZhizhaoError):
    """A division code names no unit in the stated numbering.

    Facts: `division`, `numbering`.
    """

    code = "unit-unknown"


class TextRefused(ZhizhaoError):
    """A text holds something no name may hold.

    Facts: `reason`, `character` as `U+202E`, `position` from 1.
    """

    code = "text-refused"


class NotCanonical(ZhizhaoError):
    """A value has no canonical JSON form here.

    Facts: `reason`, `where`.
    """

    code = "not-canonical"
