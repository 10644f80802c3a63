"""What the ledger refuses, and how it names damage."""

from zhizhao.kernel.errors import ZhizhaoError


class EntryMalformed(ZhizhaoError):
    """An entry holds a fact that has no canonical form, or bytes are no entry of a known version."""

    code = "entry-malformed"


class ProofInvalid(ZhizhaoError):
    """A proof does not show what it claims, or cannot exist for these sizes."""

    code = "proof-invalid"


class LedgerBroken(ZhizhaoError):
    """The ledger is not what was written; `finding` names the first place."""

    code = "ledger-broken"


class WitnessRefused(ZhizhaoError):
    """The outside witness and what it was shown or asked do not fit together; `reason` says how."""

    code = "witness-refused"


class HeadRefused(ZhizhaoError):
    """A token is no head that our ledger key signed."""

    code = "head-refused"


class LedgerUnwitnessed(ZhizhaoError):
    """No head could be shown to the witness for too long; nothing new may be issued until it can."""

    code = "ledger-unwitnessed"
