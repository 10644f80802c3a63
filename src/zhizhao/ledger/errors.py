"""What the ledger refuses, and how it names damage."""

from zhizhao.kernel.errors import ZhizhaoError


class EntryMalformed(ZhizhaoError):
    """An entry holds a fact that has no canonical form, or bytes are no entry of a known version."""

    code = "entry-malformed"
