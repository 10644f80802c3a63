"""The desk over HTTP: whose records, which forms, which headers; what each problem of the API says at the window."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from factories.counters import UNIT, counter_app, plant_account, session_of
from factories.holders import open_holders
from factories.house import MATTER, TestHouse, id_of, uscc_of
from zhizhao.kernel.errors import CodeMalformed, ZhizhaoError
from zhizhao.ledger.entry import Act, parse_entry
from zhizhao.ledger.store import ENTRY
from zhizhao.licence.in_force import NotInForce
from zhizhao.mandate.decision import Step
from zhizhao.onboarding.errors import (
    ClientUnknown,
    FieldNotGranted,
    FunctionNotGranted,
    MatterNotGranted,
    PeakExceeded,
    QuotaExhausted,
    TooManyMisses,
)
from zhizhao.presentation.ask import Ask
from zhizhao.presentation.authority import DEVICE_REASONS, NO_COPY
from zhizhao.presentation.errors import AskMalformed, CodeExpired, CodeUnknown, CodeUsed
from zhizhao.presentation.redeem import Redeemed
from zhizhao.staff.account import Role
from zhizhao.storage.errors import CommitUnknown, StoreBusy
from zhizhao.web.csrf import FIELD
from zhizhao.web.desk.panels import OTHER_REFUSAL, PROBLEMS, REFUSALS
from zhizhao.web.session import COOKIE

BASE = "http://localhost:8420"
REFUSING = (
    CodeMalformed, CodeUnknown, CodeUsed, CodeExpired, MatterNotGranted, FieldNotGranted, FunctionNotGranted,
    QuotaExhausted, PeakExceeded, TooManyMisses, ClientUnknown, CommitUnknown, StoreBusy, AskMalformed,
)  # fmt: skip


class Window:
    """A clerk's browser without a browser: cookies, tokens, forms."""

    def __init__(self, house: TestHouse, client: httpx.AsyncClient) -> None:
        self.house = house
        self.client = client

    async def get(self, path: str, **headers: str) -> httpx.Response:
        """Ask for a page."""
        return await self.client.get(path, headers={"accept": "text/html", **headers})

    async def post(self, path: str, data: Mapping[str, str], **headers: str) -> httpx.Response:
        """Send a form with its token."""
        token = next((c.value for c in self.client.cookies.jar if c.name == "__Host-csrf"), "")
        return await self.client.post(path, data={**data, FIELD: token}, headers={"accept": "text/html", **headers})


async def window_of(house: TestHouse, unit: str, username: str, *roles: Role, **verbs: Any) -> Window:
    """Return the window of a new clerk."""
    account = await plant_account(house, username, *roles, unit=unit)
    transport = httpx.ASGITransport(app=counter_app(house, **verbs))
    client = httpx.AsyncClient(transport=transport, base_url="https://localhost:8420")
    client.cookies.set(COOKIE, await session_of(house, account))
    window = Window(house, client)
    await window.get("/account")
    return window


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[TestHouse]:
    """Give an installation with one unit's client."""
    async with open_holders(sqlite_url, tmp_path, base_url=BASE) as opened:
        await opened.client("窗口系统", unit=UNIT)
        yield opened


async def shown(house: TestHouse, number: int = 1) -> str:
    """Show a new company's licence; return the digits."""
    await house.entity(number)
    phone = (await house.phone(number, [uscc_of(number)]))[0]
    return (await house.show(phone)).code


class TestPanels:
    """One panel per problem code of the API and per reason of a refusal, each with its own sentence."""

    @pytest.mark.parametrize("error", REFUSING, ids=lambda e: e.code)
    async def test_each_problem_has_its_panel(self, house: TestHouse, error: type[ZhizhaoError]) -> None:
        """The code is named on the page, with a sentence for the customer and the request's number; status 200."""

        async def refuse(_ask: Ask) -> Redeemed:
            raise error(secret="37990019900101123X")

        window = await window_of(house, UNIT, "wang.yan", redeem=refuse)
        answer = await window.post("/desk/scan", {"code": "1"})
        panel = PROBLEMS[error.code]
        assert answer.status_code == 200
        assert f'data-problem="{error.code}"' in answer.text
        assert panel.say in answer.text
        assert "37990019900101123X" not in answer.text
        assert "zz-face6" not in answer.text

    async def test_an_unforeseen_refusal_is_a_system_error(self, house: TestHouse) -> None:
        """A code without a panel never leaks its name into words of its own."""

        class Odd(ZhizhaoError):
            """Something new."""

            code = "something-new"

        async def refuse(_ask: Ask) -> Redeemed:
            raise Odd

        window = await window_of(house, UNIT, "wang.yan", redeem=refuse)
        answer = await window.post("/desk/scan", {"code": "1"})
        assert PROBLEMS["internal"].title in answer.text
        assert "未知" in answer.text

    def test_every_reason_of_a_refusal_has_a_panel(self) -> None:
        """Licence, device and mandate: no reason falls back to the general panel."""
        reasons = {r.value for r in NotInForce} | {f"mandate-{s.value}" for s in Step}
        reasons |= {row[0] for row in DEVICE_REASONS.values()} | {NO_COPY[0]}
        assert reasons - set(REFUSALS) == set()

    def test_sentences_are_plain(self) -> None:
        """No exclamation marks, no blame; every panel says something to the customer and to the clerk."""
        for panel in (*PROBLEMS.values(), *REFUSALS.values(), OTHER_REFUSAL):
            whole = panel.title + panel.because + panel.say + "".join(panel.steps)
            assert "！" not in whole
            assert "操作错误" not in whole
            assert panel.say.endswith("。")
            assert panel.steps
            assert len(panel.title) <= 10

    def test_unknown_results_are_called_unknown(self) -> None:
        """What failed on our side is 未知; what the code or the department failed is 不通过."""
        assert {code for code, panel in PROBLEMS.items() if panel.is_unknown} == {
            "commit-unknown", "busy", "network", "internal",
        }  # fmt: skip


class TestOwnRecords:
    """A window sees its unit's verifications and nobody else's."""

    async def test_another_unit_sees_nothing(self, house: TestHouse) -> None:
        """Page, archive copy, filing and holder check of a foreign presentation are 404, one answer for all."""
        mine = await window_of(house, UNIT, "wang.yan")
        await mine.post("/desk/scan", {"code": await shown(house)})
        page = await mine.get("/desk/records")
        presentation = page.text.split("/desk/presentations/")[1].split('"')[0]
        assert (await mine.get(f"/desk/presentations/{presentation}")).status_code == 200
        await house.client("别的系统", unit="别的单位")
        other = await window_of(house, "别的单位", "li.wen")
        address = f"/desk/presentations/{presentation}"
        answers = [
            await other.get(address),
            await other.get(f"{address}/licence.pdf"),
            await other.post(f"{address}/filing", {"case_number": "X", "reason": "x"}),
            await other.post(f"{address}/holder", {"name": "x", "id_number": "379900199001011239"}),
        ]
        assert {a.status_code for a in answers} <= {404, 400}
        assert answers[0].status_code == answers[1].status_code == answers[2].status_code == 404
        assert presentation not in (await other.get("/desk/records")).text
        assert "济宁示例第1" not in (await other.get("/desk")).text

    async def test_looking_again_is_recorded(self, house: TestHouse) -> None:
        """A page opened from the book and an archive copy taken are entries, with who and what (SECURITY.md §3.12)."""
        window = await window_of(house, UNIT, "wang.yan")
        await window.post("/desk/scan", {"code": await shown(house)})
        presentation = (await window.get("/desk/records")).text.split("/desk/presentations/")[1].split('"')[0]
        await window.get(f"/desk/presentations/{presentation}")
        await window.get(f"/desk/presentations/{presentation}/licence.pdf")
        async with house.parts.database.read() as reader:
            rows = await reader.execute(select(ENTRY.c.body).order_by(ENTRY.c.entry_id))
            seen = [parse_entry(row.body) for row in rows]
        views = [(e.object_id, e.facts["as"]) for e in seen if e.act is Act.DESK_PRESENTATION_VIEWED]
        assert views == [(presentation, "page"), (presentation, "pdf")]

    async def test_a_unit_without_a_client_is_told(self, house: TestHouse) -> None:
        """No client, no desk: said in words, with who to ask."""
        window = await window_of(house, "没有接入的单位", "li.wen")
        answer = await window.get("/desk")
        assert answer.status_code == 403
        assert "本窗口尚未接入" in answer.text

    async def test_a_matter_that_is_not_granted(self, house: TestHouse) -> None:
        """A link with a foreign matter is tried and refused before the code is spent."""
        window = await window_of(house, UNIT, "wang.yan")
        code = await shown(house)
        answer = await window.post("/desk/scan", {"code": code, "matter": "EG-XX-FOREIGN"})
        assert 'data-problem="matter-not-granted"' in answer.text
        answer = await window.post("/desk/scan", {"code": code, "matter": MATTER})
        assert 'data-view="accepted"' in answer.text

    async def test_a_note_with_an_id_number_burns_no_code(self, house: TestHouse) -> None:
        """Refused before anything is asked; the note comes back, the number is not kept."""
        window = await window_of(house, UNIT, "wang.yan")
        code = await shown(house)
        answer = await window.post("/desk/scan", {"code": code, "note": id_of(1)})
        assert 'data-problem="setting-malformed"' in answer.text
        assert id_of(1) not in (await window.get("/desk/records")).text
        assert 'data-view="accepted"' in (await window.post("/desk/scan", {"code": code})).text


class TestForms:
    """Tokens, origins, keys and headers."""

    @pytest.mark.parametrize("path", ["/desk/scan", "/desk/setting", "/desk/switch", "/sign-out", "/office/slips"])
    async def test_without_a_token_nothing_happens(self, house: TestHouse, path: str) -> None:
        """A form without the token, and one from another origin, are refused."""
        window = await window_of(house, UNIT, "wang.yan", Role.COUNTER_CLERK, Role.REGISTRAR_CLERK)
        bare = await window.client.post(path, data={}, headers={"accept": "text/html"})
        assert bare.status_code == 403
        foreign = await window.post(path, {}, origin="https://evil.test")
        assert foreign.status_code == 403

    async def test_the_same_key_gives_the_stored_answer(self, house: TestHouse) -> None:
        """Sent twice with one key: two pages, one verification, one line in the book."""
        window = await window_of(house, UNIT, "wang.yan")
        form = {"code": await shown(house), "key": "c0ffee"}
        first = await window.post("/desk/scan", form)
        again = await window.post("/desk/scan", form)
        assert 'data-view="accepted"' in first.text
        assert "没有重复核验" in again.text
        assert (await window.get("/desk/records")).text.count("<tr><td") == 1

    async def test_control_another_key_is_another_scan(self, house: TestHouse) -> None:
        """Control: without the key the second request is refused as used."""
        window = await window_of(house, UNIT, "wang.yan")
        code = await shown(house)
        await window.post("/desk/scan", {"code": code, "key": "one"})
        again = await window.post("/desk/scan", {"code": code, "key": "two"})
        assert 'data-problem="code-used"' in again.text

    async def test_headers(self, house: TestHouse) -> None:
        """Nothing is stored; the camera is allowed on the scanner's page alone; the archive copy runs nothing."""
        window = await window_of(house, UNIT, "wang.yan")
        desk = await window.get("/desk")
        assert desk.headers["cache-control"] == "no-store"
        assert "camera=(self)" in desk.headers["permissions-policy"]
        records = await window.get("/desk/records")
        assert "camera=()" in records.headers["permissions-policy"]
        await window.post("/desk/scan", {"code": await shown(house)})
        presentation = (await window.get("/desk/records")).text.split("/desk/presentations/")[1].split('"')[0]
        pdf = await window.get(f"/desk/presentations/{presentation}/licence.pdf")
        assert pdf.content[:5] == b"%PDF-"
        assert "sandbox" in pdf.headers["content-security-policy"]
        assert pdf.headers["content-disposition"] == f'attachment; filename="{presentation}.pdf"'

    async def test_a_partial_is_the_stage_and_the_book(self, house: TestHouse) -> None:
        """A script gets two blocks of the same template, no frame around them."""
        window = await window_of(house, UNIT, "wang.yan")
        answer = await window.post("/desk/scan", {"code": "1"}, **{"hx-request": "true"})
        assert answer.text.lstrip().startswith('<div class="zz-deskmain zz-deskstage" id="stage"')
        assert 'id="recent"' in answer.text
        assert "<html" not in answer.text
