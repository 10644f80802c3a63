"""The self-test of scanner guns: a test code on the screen and on paper, the finding in words, and what cures it."""

from typing import Any, Final

from litestar import Request, Response, get
from litestar.di import NamedDependency

from zhizhao.kernel.code24 import check_digits
from zhizhao.storage.database import Transaction
from zhizhao.web.desk.place import place_of
from zhizhao.web.desk.verbs import DeskVerbs
from zhizhao.web.guards import Permission
from zhizhao.web.pages import page

TEST_KIND: Final = "00"
"""A kind that no ticket has: the server refuses it, so a test code can never be taken for a shown one."""
TEST_BODY: Final = TEST_KIND + "13572468097531864209"
TEST_CODE: Final = TEST_BODY + check_digits(TEST_BODY)


@get("/desk/selftest", permission=Permission.DESK_PRESENTATION_REDEEM)
async def selftest(
    request: Request[Any, Any, Any], reader: NamedDependency[Transaction], desk_verbs: NamedDependency[DeskVerbs]
) -> Response[Any]:
    """Show the test code and listen."""
    place = await place_of(request, reader, verbs=desk_verbs)
    return page(request, "desk/selftest.html", section="selftest", place=place, code=TEST_CODE)


@get("/desk/selftest/sheet", permission=Permission.DESK_PRESENTATION_REDEEM)
async def sheet(
    request: Request[Any, Any, Any], reader: NamedDependency[Transaction], desk_verbs: NamedDependency[DeskVerbs]
) -> Response[Any]:
    """Show the same on one page to print and keep beside the gun."""
    place = await place_of(request, reader, verbs=desk_verbs)
    return page(request, "desk/sheet.html", section="selftest", place=place, code=TEST_CODE)
