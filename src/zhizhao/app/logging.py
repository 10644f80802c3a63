"""Logs as JSON lines, one event a line, without what must not be kept: codes, ID numbers, tokens, passwords.

SECURITY.md §3.6, §3.11: user text is a value, never part of the message; JSON escapes CR and LF, so no text begins a
line. Success on a hot path logs nothing; access logs belong to the proxy.
"""

import json
import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Final, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

REDACTED: Final = "[redacted]"
SECRET_KEYS: Final = re.compile(
    r"pass(word|phrase)?|pin|secret|token|code|digits|authorization|cookie|csrf|totp|otp|proof|credential|id_?number"
    r"|document_?number|phone|mobile|slip|jwt|jws|key",
    re.IGNORECASE,
)
KEPT_KEYS: Final = frozenset({"code", "code_name", "status_code", "kid", "matter_code", "division_code", "keyword"})
"""Keys that look secret and are not: `code` is the stable name of an error, unless it holds digits."""
PATTERNS: Final = (
    re.compile(r"\beyJ[\w-]+\.[\w-]+\.?[\w-]*"),  # a JWT or JWS, whole or with the signature cut off
    re.compile(r"(?<![\dA-Z])\d{4}(?:[ -]?\d{4}){5}(?!\d)"),  # a presentation code, in fours or not
    re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]"),  # GB 11643
    re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)"),  # a mobile number
    re.compile(r"(?i)\b(?:bearer|dpop|basic)\s+[\w.~+/=-]{8,}"),
)


def _one_line(event: Any, **options: Any) -> str:
    """Return the event as JSON on one line, whatever a reader takes for a line's end."""
    text = json.dumps(event, ensure_ascii=False, **options)
    return text.translate({0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"})


def redact(value: Any) -> Any:
    """Return the value with every pattern of something personal or secret replaced, at any depth."""
    if isinstance(value, str):
        for pattern in PATTERNS:
            value = pattern.sub(REDACTED, value)
        return value
    if isinstance(value, MutableMapping | dict):
        return {key: _redact_item(str(key), item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redact(item) for item in value]
    if isinstance(value, bytes):
        return f"[{len(value)} bytes]"
    return value


def _redact_item(key: str, value: Any) -> Any:
    if key not in KEPT_KEYS and SECRET_KEYS.search(key) and isinstance(value, str | bytes):
        return REDACTED
    return redact(value)


def redact_event(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Redact one log event; the last step before it is written."""
    return {key: _redact_item(key, value) for key, value in event.items()}


def set_up_logging(*, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send our own logs and those of every library to one stream as JSON lines."""
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    plain = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=before,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.ExceptionRenderer(plain),
            redact_event,
            structlog.processors.JSONRenderer(serializer=_one_line),
        ],
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("uvicorn.access", "httpx", "fontTools", "aiosqlite"):  # the last would log every statement's values
        logging.getLogger(name).setLevel("WARNING")
