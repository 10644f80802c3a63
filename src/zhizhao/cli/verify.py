"""`zhizhao verify`: check files that anybody holds; intact, valid, trusted and status are told apart."""

import asyncio
from collections.abc import Iterator, Sequence
from functools import partial
from ipaddress import ip_network
from pathlib import Path
from typing import ClassVar, Final
from urllib.parse import urlsplit

import click

from zhizhao.app.parts import KEY_FOLDER
from zhizhao.cli.context import Installation, pass_installation
from zhizhao.kernel.clock import BEIJING, SystemClock
from zhizhao.kernel.errors import ZhizhaoError
from zhizhao.settings import Settings, SettingsRefused, read_passphrase, read_settings
from zhizhao.trust.address import NamedNetwork, Outbound, parse_target
from zhizhao.trust.certificates import Certificates
from zhizhao.trust.errors import KeyFileExposed, KeyFileMissing
from zhizhao.trust.fetch import fetch
from zhizhao.trust.file_provider import FileKeys
from zhizhao.verification.anchors import TrustAnchors, anchors_document, read_anchors
from zhizhao.verification.check import check
from zhizhao.verification.find_anchors import SETTINGS, Fetch, fetch_anchors, find_anchors
from zhizhao.verification.finding import Finding
from zhizhao.verification.status import NoStatus, ServerStatus, StatusSource
from zhizhao.verification.words import ANSWERS, KINDS, REASONS, STANDINGS

READABLE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
PRIVATE: Final = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")


class NotVerified(ZhizhaoError):
    """Not everything that was asked holds; the findings are on stdout."""

    code: ClassVar[str] = "not-verified"


@click.command()
@click.argument("files", nargs=-1, required=True, type=READABLE)
@click.option("--trust", metavar="DIR|FILE|URL", help="Trust anchors (else the configured installation's).")
@click.option("--server", metavar="URL", help="Whom to ask for the status (else the installation's own address).")
@click.option("--offline", is_flag=True, help="Do not ask for the status.")
@pass_installation
def verify(
    installation: Installation, files: tuple[Path, ...], trust: str | None, server: str | None, *, offline: bool
) -> None:
    """Check licence PDFs, archive copies, receipts and credentials.

    Each file gets four answers: intact (完整), valid (有效), trusted (可信), status (状态). Exit status 0 only if
    all that was asked holds; without a reachable server the status is unknown, which is 1 unless --offline is given.
    """
    findings = asyncio.run(_check_all(files, installation=installation, trust=trust, server=server, offline=offline))
    held = {path: finding.holds(offline=offline) for path, finding in findings.items()}
    facts = {
        "holds": all(held.values()),
        "files": [{"file": str(path), "holds": held[path], **found.as_json()} for path, found in findings.items()],
    }
    text = "\n".join(line for path, finding in findings.items() for line in _lines(path.name, finding))
    installation.answer(facts, text=text)
    if failed := [path.name for path, good in held.items() if not good]:
        raise NotVerified(files=", ".join(failed))


async def _check_all(
    files: Sequence[Path], *, installation: Installation, trust: str | None, server: str | None, offline: bool
) -> dict[Path, Finding]:
    settings = None if trust else installation.settings()
    anchors = await _anchors(trust, settings=settings)
    asked = server or (settings.base_url if settings else anchors.base_url)
    now = SystemClock().now()
    status: StatusSource
    if offline or not asked:
        status = NoStatus("offline" if offline else "no-server")
    else:
        status = ServerStatus(asked, trust=anchors, fetch=_fetch_from(asked), now=now)
    return {path: await check(path.read_bytes(), trust=anchors, status=status, now=now) for path in files}


async def _anchors(trust: str | None, *, settings: Settings | None) -> TrustAnchors:
    """Return the anchors that were named, else those of the configured installation."""
    if trust and trust.startswith(("https://", "http://")):
        return await fetch_anchors(trust.rstrip("/"), fetch=_fetch_from(trust))
    place = Path(trust or ".")
    if trust and (place / SETTINGS).is_file():
        settings = read_settings(place / SETTINGS)
    return _of_installation(settings) if settings else find_anchors(place)


def _of_installation(settings: Settings) -> TrustAnchors:
    """Return an installation's anchors from its keys, which are always current, else as it last published them."""
    folder = settings.data_path() / KEY_FOLDER
    try:
        keys = FileKeys.open(folder, read_passphrase(settings), clock=SystemClock())
    except (SettingsRefused, KeyFileMissing, KeyFileExposed):
        return find_anchors(settings.data_path())
    document = anchors_document(keys, Certificates(folder, keys), base_url=settings.base_url)
    return read_anchors(document, source=str(folder))


def _fetch_from(server: str) -> Fetch:
    """Return a fetch that reaches this server, wherever it is: its address was typed by the person who checks.

    The files under check cannot send a request anywhere else (`ServerStatus`).
    """
    target = parse_target(server)
    named = tuple(NamedNetwork(network=ip_network(text), port=target.port) for text in PRIVATE)
    local = urlsplit(server).hostname in {"localhost", "127.0.0.1", "::1"}
    return partial(fetch, outbound=Outbound(ports=frozenset({target.port}), named=named, loopback=local))


def _lines(name: str, finding: Finding, *, indent: str = "") -> Iterator[str]:
    about = finding.subject.get("uscc") or finding.subject.get("jti") or ""
    yield f"{indent}{name}  {KINDS[finding.kind]}  {about}".rstrip()
    for label, asked in (
        ("完整 intact ", finding.intact),
        ("有效 valid  ", finding.valid),
        ("可信 trusted", finding.trusted),
    ):
        yield f"{indent}  {label}  {ANSWERS[asked.answer]}  {_reason(asked.because)}"
    status = finding.status
    moment = f"（{status.as_of.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}）" if status.as_of else ""
    yield f"{indent}  状态 status   {STANDINGS[status.standing]}{moment}  {_reason(status.because)}"
    for part, inner in finding.parts:
        yield from _lines(part, inner, indent=indent + "    ")


def _reason(code: str) -> str:
    words = REASONS[code]
    return f"{words.zh} / {words.en}"
