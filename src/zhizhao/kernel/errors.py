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
