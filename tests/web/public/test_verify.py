"""`/verify`: four answers apart, nothing kept, an empty form asked again (INTERFACES.md §8)."""

from litestar import Litestar
from litestar.testing import TestClient

ORIGIN = {"origin": "https://zhizhao.test"}


def token(client: TestClient[Litestar]) -> str:
    """Return the form's token."""
    client.get("/verify")
    return client.cookies["__Host-csrf"]


def ask(
    client: TestClient[Litestar], *, text: str = "", data: bytes = b"", headers: dict[str, str] | None = None
) -> str:
    """Send the form with a text or a file; return the page."""
    files = {"file": ("licence.pdf", data, "application/pdf")} if data else {"file": ("", b"", "")}
    sent = {"_csrf_token": token(client), "text": text}
    answer = client.post("/verify", data=sent, files=files, headers={**ORIGIN, **(headers or {})})
    return answer.text


def test_a_good_receipt(client: TestClient[Litestar]) -> None:
    """Everything holds: said once in words, then the four answers with their reasons."""
    text = ask(client, text="good")
    assert 'data-holds="true"' in text
    assert text.count('data-answer="ok"') == 4
    for word in ("真实，当前有效", "核验回执", "签名验证通过", "91370811MAT000026L"):
        assert word in text


def test_a_changed_file_and_what_travels_inside_it(client: TestClient[Litestar]) -> None:
    """A no stays a no although the evidence inside is good; unknown is called unknown."""
    text = ask(client, data=b"bad %PDF")
    assert 'data-holds="false"' in text
    for word in ("不能采信", "签名后内容被改动", "未知", "电子营业执照凭证", "已暂停", "licence.pdf"):
        assert word in text
    assert "真实，当前有效" not in text


def test_something_else_is_unknown(client: TestClient[Litestar]) -> None:
    """What nobody can judge is not called false and not called good."""
    text = ask(client, text="whatever")
    assert "未能全部确认" in text
    assert 'data-answer="ok"' not in text
    assert 'data-answer="bad"' not in text


def test_an_empty_form_is_asked_again(client: TestClient[Litestar]) -> None:
    """422 with the summary and the field's own message."""
    text = ask(client)
    assert 'role="alert"' in text
    assert 'href="#f-file"' in text
    assert 'aria-describedby="f-file-hint f-file-error"' in text


def test_htmx_gets_the_result_alone(client: TestClient[Litestar]) -> None:
    """The block of the same template."""
    text = ask(client, text="good", headers={"hx-request": "true"})
    assert 'data-holds="true"' in text
    assert "<html" not in text


def test_a_large_file_is_refused_and_ten_megabytes_are_not(client: TestClient[Litestar]) -> None:
    """The upload route has its own limit; the verb refuses in words."""
    sent = {"_csrf_token": token(client)}
    fits = client.post(
        "/verify", data=sent, files={"file": ("a", b"good" + b"0" * (10 * 1024 * 1024 - 4))}, headers=ORIGIN
    )
    assert fits.status_code == 200
    over = client.post("/verify", data=sent, files={"file": ("a", b"0" * (11 * 1024 * 1024))}, headers=ORIGIN)
    assert over.status_code == 413
    worded = client.post(
        "/verify", data=sent, files={"file": ("a", b"large")}, headers={**ORIGIN, "accept": "text/html"}
    )
    assert worded.status_code == 413
    assert "文件太大" in worded.text


def test_a_hostile_file_name_is_text(client: TestClient[Litestar]) -> None:
    """The name is shown, escaped."""
    sent = {"_csrf_token": token(client)}
    answer = client.post("/verify", data=sent, files={"file": ("<img src=x>.pdf", b"good")}, headers=ORIGIN)
    assert "<img src=x>" not in answer.text


def test_the_code_of_an_archive_copy(client: TestClient[Litestar]) -> None:
    """What the sheet was made for and how the licence stands now; an id that never was is not found."""
    text = client.get("/verify?p=prs_known").text
    for word in ("这份存档件", "任城区政务服务系统（演示）", "食品经营许可", "JN2026-000123", "有效"):
        assert word in text
    assert client.get("/verify?p=prs_never").status_code == 404
    assert "data-copy" not in client.get("/verify").text
