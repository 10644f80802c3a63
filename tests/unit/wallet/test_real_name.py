"""The stand-in is named, warns, and is refused outside the demonstration."""

import pytest
from structlog.testing import capture_logs

from zhizhao.kernel.idcard import Document, DocumentKind
from zhizhao.wallet.errors import RealNameRefused, UnsafeStandIn
from zhizhao.wallet.real_name import DemoRealName

CARD = Document(DocumentKind.ID_CARD, "379900198807214118")


def test_refused_outside_demo() -> None:
    """A real installation cannot build it."""
    with pytest.raises(UnsafeStandIn):
        DemoRealName(demo=False)


def test_warns_at_start() -> None:
    """The log says that it proves nobody."""
    with capture_logs() as logs:
        provider = DemoRealName(demo=True)
    assert [(line["log_level"], line["stand_in"]) for line in logs] == [("warning", "DemoRealName")]
    assert provider.simulated


async def test_check() -> None:
    """It accepts a resident and shows what a refusal is."""
    provider = DemoRealName(demo=True)
    await provider.check("张三恕", CARD)
    for name, document in (("张三不符", CARD), ("张三恕", Document(DocumentKind.PASSPORT, "E1234567"))):
        with pytest.raises(RealNameRefused):
            await provider.check(name, document)
