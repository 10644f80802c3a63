"""The port to a real-name provider (实名核验), and the stand-in that the demonstration uses for it."""

from typing import Protocol

import structlog

from zhizhao.kernel.idcard import Document, DocumentKind
from zhizhao.wallet.errors import RealNameRefused, UnsafeStandIn

REFUSED_IN_DEMO = "不符"
"""A name that ends so is refused by the stand-in, to show what a refusal looks like."""


class RealNameProvider(Protocol):
    """Compares a live person with name and number: a face check or another service outside this platform."""

    simulated: bool
    """Whether every page must call the step 模拟."""

    async def check(self, name: str, document: Document) -> None:
        """Return if the person in front of the phone is the one of the papers. Raises RealNameRefused."""


class DemoRealName:
    """Stand-in: looks at nothing but the form of name and number. It proves nobody and says so at start."""

    simulated = True

    def __init__(self, *, demo: bool) -> None:
        if not demo:
            raise UnsafeStandIn(stand_in="DemoRealName")
        structlog.get_logger().warning("insecure stand-in", stand_in="DemoRealName", effect="proves nobody")

    async def check(self, name: str, document: Document) -> None:
        """Accept every resident with a well-formed number, except names that end in 不符."""
        if document.kind is not DocumentKind.ID_CARD:
            raise RealNameRefused(reason="only resident identity cards can be checked online", kind=document.kind.value)
        if name.endswith(REFUSED_IN_DEMO):
            raise RealNameRefused(reason="name and number do not belong together")
