"""`/d/{id}`: every state has its words, nothing runs, nothing is kept, caches may hold it (UX.md §18.7)."""

import pytest
from litestar import Litestar
from litestar.testing import TestClient

NOTICES = {
    "dsp_valid": None,
    "dsp_marked": None,
    "dsp_revoked": "营业执照已被吊销",
    "dsp_deregistered": "该主体已注销",
    "dsp_rescinded": "登记已被撤销",
    "dsp_moved": "该主体已迁出",
    "dsp_suspended": "这张执照已暂停使用",
}


@pytest.mark.parametrize(("display_id", "notice"), NOTICES.items())
def test_every_state_says_so(client: TestClient[Litestar], display_id: str, notice: str | None) -> None:
    """A licence out of force stays visible under a clear notice; one in force has none."""
    answer = client.get(f"/d/{display_id}")
    assert answer.status_code == 200
    for other in filter(None, NOTICES.values()):
        assert (other in answer.text) is (other == notice)
    assert ("zz-sheet--void" in answer.text) is (notice is not None)
    assert "91370811MAT000026L" in answer.text


def test_unknown_never_looks_like_a_match(client: TestClient[Litestar]) -> None:
    """The comparison with the visiting site is machine-readable and neutral, whatever the referrer says."""
    answer = client.get("/d/dsp_valid", headers={"referer": "https://shop.example.test/"})
    assert 'data-match="unknown"' in answer.text
    assert 'data-match="match"' not in answer.text
    assert "未作比对" in answer.text


def test_it_is_cacheable_without_cookie_and_script(client: TestClient[Litestar]) -> None:
    """A shared cache keeps it a minute; it sets nothing and runs nothing."""
    answer = client.get("/d/dsp_valid")
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert "set-cookie" not in answer.headers
    assert "<script" not in answer.text
    assert "_csrf_token" not in answer.text


def test_the_times_are_on_it(client: TestClient[Litestar]) -> None:
    """When it was asked and from when the register is, in Beijing time."""
    text = client.get("/d/dsp_valid").text
    assert "2026年11月23日 10:24" in text
    assert "2026年11月23日 10:00" in text


def test_marks_are_words(client: TestClient[Litestar]) -> None:
    """Each mark stands beside the status in words."""
    text = client.get("/d/dsp_marked").text
    for word in ("存续", "经营异常", "歇业", "争议"):
        assert word in text


def test_an_unknown_id_tells_nothing(client: TestClient[Litestar]) -> None:
    """Not found, with the words of a page; the same for any id."""
    answer = client.get("/d/dsp_none", headers={"accept": "text/html"})
    assert answer.status_code == 404
    assert "没有这张执照" in answer.text
    assert "dsp_none" not in answer.text.replace('href="/d/dsp_none', "")


def test_hostile_names_are_text(client: TestClient[Litestar]) -> None:
    """What the register holds is escaped everywhere (T14)."""
    text = client.get("/d/dsp_hostile").text
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert "&lt;script&gt;" in text


def test_english_keeps_the_law_chinese(client: TestClient[Litestar]) -> None:
    """Labels of the site change, names and face stay Chinese and are marked so."""
    text = client.get("/d/dsp_revoked?lang=en").text
    assert "The business licence was revoked" in text
    assert '<dd lang="zh-Hans">济宁示例云帆商贸有限公司</dd>' in text
