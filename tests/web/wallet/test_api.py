"""The wallet's JSON from slip to code on both stores, and what each request must bring."""

from collections.abc import Callable

import httpx

from factories.holders import JsonPhone
from factories.house import TestHouse, id_of, uscc_of
from zhizhao.kernel.code24 import parse_code

Phones = Callable[[], JsonPhone]
DECLARATION = {"declaration": "2026-11"}


def refused(answer: httpx.Response) -> tuple[int, str]:
    """Return status and code of a problem."""
    assert answer.headers["content-type"].startswith("application/problem+json"), answer.text
    return answer.status_code, answer.json()["code"]


class TestWay:
    """The way of a holder."""

    async def test_from_slip_to_code(self, holders: TestHouse, phone_of: Phones) -> None:
        """Slip, PIN, list, download, show: 24 good digits, with who shows and what can be seen."""
        await holders.entity(7)
        phone = phone_of()
        enrolled = await phone.enrol(await holders._slip(7), id_of(7))
        assert enrolled["retired"] == []
        cards = (await phone.ask("GET", "/licences")).json()["licences"]
        assert [(c["uscc"], c["state"], c["can_download"]) for c in cards] == [(uscc_of(7), "not_downloaded", True)]
        done = await phone.ask("POST", f"/licences/{uscc_of(7)}/download", DECLARATION)
        assert done.status_code == 201
        assert done.json()["credential"].count("~") > 5
        shown = await phone.ask("POST", f"/licences/{uscc_of(7)}/show", {})
        assert shown.status_code == 201
        body = shown.json()
        assert parse_code(body["code"]) == body["code"]
        assert body["expires_in"] == 60
        assert body["presenter"]["role"] == "legal_representative"
        assert {"field": "uscc", "label": "统一社会信用代码"} in body["fields"]
        state = (await phone.ask("GET", f"/tickets/{body['ticket']}")).json()
        assert (state["state"], state["record"]) == ("waiting", None)
