"""Logs are JSON lines without secrets; user text cannot begin a line (SECURITY.md §3.6, §3.11)."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from zhizhao.app.logging import REDACTED, redact, set_up_logging


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Give the stream that logs go to; put everything back afterwards."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    stream = io.StringIO()
    set_up_logging(stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def read(stream: io.StringIO) -> list[dict[str, Any]]:
    """Return the lines, each of which must be one JSON object."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]  # also at U+2028 and U+0085


@pytest.mark.parametrize(
    "text",
    [
        "code 014820517396028451773086 here",
        "0148 2051 7396 0284 5177 3086",
        "0148-2051-7396-0284-5177-3086",
        "id 370811199001011234",
        "id 37081119900101123x.",
        "call 13812345678",
        "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
        "Authorization: Bearer abcdefgh12345678",
        "DPoP abcdefgh12345678",
    ],
)
def test_patterns_are_taken_out(text: str) -> None:
    """In a message, in a value, at any depth."""
    secret = max(text.split(), key=len).strip(".")
    for value in (text, [text], {"a": {"b": (text,)}}):
        assert REDACTED in str(redact(value))
        assert secret not in str(redact(value))


def test_what_is_public_stays() -> None:
    """A USCC, an error's code, an identifier, a time: the log remains useful."""
    kept = ("91370811MAT000026L", "code-used", "prs_abcdefghijklmnopqrstuv", "2026-11-23T08:00:00Z", "JN2026-000123")
    for text in kept:
        assert redact(text) == text


def test_secret_keys_are_taken_out_whatever_they_hold(lines: io.StringIO) -> None:
    """A PIN has six digits, which no pattern can know: the key says it."""
    structlog.get_logger("t").info("tried", pin="482913", password="hunter2hunter2", token=b"x" * 32, slip="K7M2-Q9")
    (line,) = read(lines)
    for key in ("pin", "password", "token", "slip"):
        assert line[key] == REDACTED


def test_a_line_is_a_line(lines: io.StringIO) -> None:
    """CR and LF in user text are escaped; a foreign library's log has the same form."""
    structlog.get_logger("t").info("named", name='济宁\r\n{"event": "forged"}\u2028x')
    logging.getLogger("some.library").warning("hello\nworld %s", "370811199001011234")
    first, second = read(lines)
    assert first["name"] == '济宁\r\n{"event": "forged"}\u2028x'
    assert second["event"] == f"hello\nworld {REDACTED}"
    assert second["level"] == "warning"


@pytest.mark.usefixtures("lines")
def test_a_driver_never_tells_what_it_was_given() -> None:
    """Even with everything else told: aiosqlite would log each statement with its values, a typed password too."""
    told = io.StringIO()
    set_up_logging(level="DEBUG", stream=told)
    logging.getLogger("aiosqlite").debug("executing %s", ("SELECT 1 WHERE username = ?", "what somebody typed"))
    logging.getLogger("some.library").debug("the control")
    assert "what somebody typed" not in told.getvalue()
    assert "the control" in told.getvalue()


def test_a_traceback_shows_no_local_value(lines: io.StringIO) -> None:
    """The exception's text is redacted, and local variables are not printed."""
    hidden = "a local value that nobody may read"
    try:
        int("370811199001011234x" + hidden[:0])
    except ValueError:
        structlog.get_logger("t").exception("failed")
    text = lines.getvalue()
    assert "370811199001011234" not in text
    assert hidden not in text
    assert "ValueError" in text


def test_the_control_leaks_without_redaction() -> None:
    """The control: what the tests look for is really in the input."""
    assert REDACTED not in "code 014820517396028451773086"
    assert redact("code 014820517396028451773086") != "code 014820517396028451773086"
