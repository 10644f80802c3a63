"""Find the trust anchors somebody names: an installation's folder, a file, or a server."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from zhizhao.settings import SettingsRefused, read_settings
from zhizhao.trust.errors import AddressRefused, FetchFailed
from zhizhao.trust.fetch import Fetched
from zhizhao.verification.anchors import FILE, WELL_KNOWN, TrustAnchors, read_anchors
from zhizhao.verification.errors import AnchorsRefused

SETTINGS: Final = "zhizhao.toml"
JWKS: Final = "/.well-known/jwks.json"
OK: Final = 200

Fetch = Callable[[str], Awaitable[Fetched]]
"""One bounded GET (`trust/fetch.py`)."""


def find_anchors(place: Path) -> TrustAnchors:
    """Return the anchors of a folder (an installation's, or one that holds anchors) or of a file.

    Raises AnchorsRefused.
    """
    path = _file(place) if place.is_dir() else place
    try:
        content = path.read_bytes()
    except OSError as cause:
        raise AnchorsRefused(source=str(place), reason="cannot be read") from cause
    return read_anchors(content, source=str(path))


async def fetch_anchors(server: str, *, fetch: Fetch) -> TrustAnchors:
    """Return what a server publishes: its anchors, else its JWK Set. Raises AnchorsRefused.

    Whoever asks for this trusts the server's TLS name; anchors that came another way are stronger.
    """
    for path in (WELL_KNOWN, JWKS):
        try:
            answer = await fetch(server + path)
        except (FetchFailed, AddressRefused) as cause:
            raise AnchorsRefused(source=server, reason="not reachable") from cause
        if answer.status == OK:
            return replace(read_anchors(answer.body, source=server + path), base_url=server)
    raise AnchorsRefused(source=server, reason="publishes no anchors")


def _file(folder: Path) -> Path:
    if (folder / FILE).is_file():
        return folder / FILE
    if (folder / SETTINGS).is_file():
        try:
            return read_settings(folder / SETTINGS).data_path() / FILE
        except SettingsRefused as cause:
            raise AnchorsRefused(source=str(folder), reason="its settings cannot be read") from cause
    raise AnchorsRefused(source=str(folder), reason=f"holds neither {FILE} nor {SETTINGS}")
