"""What a refusal looks like outside: problem+json, a page, a panel; never an internal detail (STYLE.md §6)."""

import json

import pytest
from litestar import Litestar
from litestar.testing import TestClient


def test_a_program_gets_a_problem(client: TestClient[Litestar]) -> None:
    """RFC 9457 members, our code, the number of the request, and nothing of the facts."""
    answer = client.get("/trial/refuse", headers={"accept": "application/json"})
    assert answer.status_code == 409
    assert answer.headers["content-type"].startswith("application/problem+json")
    body = answer.json()
    assert body["code"] == "code-used"
    assert body["title"] == "出示码已使用"
    assert body["detail"]
    assert body["status"] == 409
    assert body["type"] == "https://zhizhao.test/problems#code-used"
    assert body["request_id"] == answer.headers["x-request-id"]
    assert "370811199001011234" not in answer.text


def test_a_person_gets_a_page(client: TestClient[Litestar]) -> None:
    """The same words in our frame, with the number to read out."""
    answer = client.get("/trial/refuse", headers={"accept": "text/html"})
    assert answer.status_code == 409
    assert "出示码已使用" in answer.text
    assert answer.headers["x-request-id"] in answer.text
    assert "<h1>" in answer.text


def test_htmx_gets_the_panel_alone(client: TestClient[Litestar]) -> None:
    """A failed partial is shown in its place, with its own panel."""
    answer = client.get("/trial/refuse", headers={"hx-request": "true"})
    assert answer.status_code == 409
    assert 'data-problem="code-used"' in answer.text
    assert "<html" not in answer.text


@pytest.mark.parametrize("accept", ["text/html", "application/json", "*/*"])
def test_a_defect_tells_nothing(client: TestClient[Litestar], accept: str) -> None:
    """No text of the exception, no traceback, no file name leaves."""
    answer = client.get("/trial/break", headers={"accept": accept})
    assert answer.status_code == 500
    for word in ("SELECT", "RuntimeError", "Traceback", ".py"):
        assert word not in answer.text
    assert answer.headers["x-request-id"] in answer.text


def test_unknown_addresses_and_methods(client: TestClient[Litestar]) -> None:
    """The framework's own refusals have our codes."""
    assert client.get("/none").json()["code"] == "not-found"
    wrong = client.put("/trial/page", headers={"accept": "application/json"})
    assert wrong.status_code == 405
    assert wrong.json()["code"] == "method-not-allowed"
    assert "GET" in wrong.headers["allow"]


def test_a_machine_address_answers_json_even_to_a_browser(client: TestClient[Litestar]) -> None:
    """`/api/…` is for programs whatever they accept."""
    answer = client.get("/api/none", headers={"accept": "text/html"})
    assert answer.json()["code"] == "not-found"


def test_a_malformed_body_names_the_field_and_repeats_no_value(client: TestClient[Litestar]) -> None:
    """A developer sees which member is wrong; the value is not echoed."""
    answer = client.post("/api/trial", content=b'{"data": 1, "extra": "370811199001011234"}')
    assert answer.status_code == 400
    assert answer.json()["code"] == "request-malformed"
    assert "extra" in json.dumps(answer.json()["errors"])
    assert "370811199001011234" not in answer.text
    assert client.post("/api/trial", content=b"{").json()["code"] == "request-malformed"


def test_english_when_asked(client: TestClient[Litestar]) -> None:
    """The reader's language decides, not the browser's."""
    client.cookies.set("zz-lang", "en")
    assert client.get("/trial/refuse").json()["title"] == "The code was used before"
    client.cookies.clear()
    answer = client.get("/trial/refuse", headers={"accept-language": "en-US"})
    assert answer.json()["title"] == "出示码已使用"
