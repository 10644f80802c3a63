"""Static files under names that carry their content's hash, kept for a year, compressed once (PERFORMANCE.md §5).

A JavaScript module that imports another (`from "./x.js"`) and a style sheet that names a picture (`url(../img/x.svg)`)
get the hashed names written in, so every file of a page is immutable and none can be stale.
"""

import gzip
import hashlib
import posixpath
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from zhizhao.web.bundle import MOST, bundle
from zhizhao.web.csp import WORKER_CSP
from zhizhao.web.guards import COOKIELESS, PUBLIC

FOLDER: Final = Path(__file__).parent / "static"
PREFIX: Final = "/static/"
TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".txt": "text/plain; charset=utf-8",
}
UNPACKED: Final = {".png", ".ico"}
YEAR: Final = "public, max-age=31536000, immutable"
HASH_LENGTH: Final = 10
BUNDLES: Final = "bundle/"
KEPT_BUNDLES: Final = 64
"""More than there are pages; a stranger who asks for other mixtures only makes us build again."""
_MODULE = re.compile(r"[a-z0-9-]+")
WORKERS: Final = frozenset({"js/scanner-worker.js"})
"""Scripts whose own response allows WebAssembly."""
_IMPORT = re.compile(r"""((?:from|import)\s*\(?\s*["'])(\.{1,2}/[^"']+)(["'])""")
_URL = re.compile(r"""(url\(["']?)(\.{1,2}/[^"')]+)(["']?\))""")
_HASHED = re.compile(rf"^(?P<stem>.+)\.[0-9a-f]{{{HASH_LENGTH}}}(?P<suffix>\.[a-z]+)$")


@dataclass(frozen=True)
class Asset:
    """One file as it is sent."""

    name: str
    """Path below `static/`, without the hash: `js/wedge.js`."""
    body: bytes
    media_type: str

    @cached_property
    def digest(self) -> str:
        """Return the first ten hex digits of the content's SHA-256."""
        return hashlib.sha256(self.body).hexdigest()[:HASH_LENGTH]

    @cached_property
    def url(self) -> str:
        """Return the address that never changes its content."""
        stem, suffix = posixpath.splitext(self.name)
        return f"{PREFIX}{stem}.{self.digest}{suffix}"

    @cached_property
    def packed(self) -> bytes | None:
        """Return the gzip form, None where it does not pay."""
        if posixpath.splitext(self.name)[1] in UNPACKED:
            return None
        packed = gzip.compress(self.body, 9, mtime=0)
        return packed if len(packed) < len(self.body) else None


class Assets:
    """Every static file of the program, read when first asked for."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.folder = folder
        self._read: dict[str, Asset] = {}
        self._bundles: dict[str, Asset] = {}

    def names(self) -> list[str]:
        """Return the names of all files that are served."""
        found = (path for path in self.folder.rglob("*") if path.suffix in TYPES and path.is_file())
        return sorted(path.relative_to(self.folder).as_posix() for path in found)

    def asset(self, name: str) -> Asset:
        """Return a file by its name without hash. Raises KeyError for a name that is not served."""
        if name.startswith(BUNDLES):
            return self._bundled(name)
        if name not in self._read:
            path = self.folder / name
            if posixpath.normpath(name) != name or path.suffix not in TYPES or not path.is_file():
                raise KeyError(name)
            body = self._with_hashed_names(name, path.read_bytes())
            self._read[name] = Asset(name, body, TYPES[path.suffix])
        return self._read[name]

    def url(self, name: str) -> str:
        """Return the hashed address of a file: `static('js/wedge.js')` in templates."""
        return self.asset(name).url

    def bundle(self, modules: tuple[str, ...]) -> str:
        """Return the hashed address of one file that holds these modules of `js/` and what they import."""
        return self.asset(f"{BUNDLES}{'+'.join(modules)}.js").url

    def _bundled(self, name: str) -> Asset:
        """Return a bundle, made anew when it is not among the last ones. Raises KeyError."""
        if name not in self._bundles:
            modules = name.removeprefix(BUNDLES).removesuffix(".js").split("+")
            if len(modules) > MOST or len(set(modules)) != len(modules) or not name.endswith(".js"):
                raise KeyError(name)
            text = bundle(modules, self._module)
            body = self._with_hashed_names("js/bundle.js", text.encode())
            while len(self._bundles) >= KEPT_BUNDLES:
                self._bundles.pop(next(iter(self._bundles)))
            self._bundles[name] = Asset(name, body, TYPES[".js"])
        return self._bundles[name]

    def _module(self, name: str) -> str:
        """Return a module as it is written. Raises KeyError."""
        if not _MODULE.fullmatch(name) or not (self.folder / f"js/{name}.js").is_file():
            raise KeyError(name)
        return (self.folder / f"js/{name}.js").read_text("utf-8")

    def _with_hashed_names(self, name: str, body: bytes) -> bytes:
        """Return the file with the names of the files it refers to replaced by their hashed addresses."""
        pattern = {".js": _IMPORT, ".css": _URL}.get(posixpath.splitext(name)[1])
        if pattern is None or name.startswith("vendor/"):
            return body
        here = posixpath.dirname(name)

        def hashed(found: re.Match[str]) -> str:
            target = posixpath.normpath(posixpath.join(here, found[2]))
            return f"{found[1]}{self.url(target)}{found[3]}"

        return pattern.sub(hashed, body.decode()).encode()


def serve_assets(assets: Assets) -> Any:
    """Return the handler of `/static/…`: hashed names for a year, plain names to be asked for again each time."""

    @get(PREFIX + "{path:path}", permission=PUBLIC, sync_to_thread=False, name="static", **COOKIELESS)
    def static_file(request: Request[Any, Any, Any], path: FromPath[str]) -> Response[bytes]:
        """Send one static file, compressed when the browser takes it."""
        wanted = path.lstrip("/")
        match = _HASHED.match(wanted)
        try:
            asset = assets.asset(match["stem"] + match["suffix"] if match else wanted)
        except KeyError as cause:
            raise NotFoundException from cause
        if match and asset.url != PREFIX + wanted:
            raise NotFoundException
        return asset_response(request, asset, cache=YEAR if match else "no-cache")

    return static_file


def asset_response(request: Request[Any, Any, Any], asset: Asset, *, cache: str) -> Response[bytes]:
    """Return the response that sends an asset; doors use it for a script that must have its own address."""
    headers = {"cache-control": cache, "vary": "accept-encoding"}
    if asset.name in WORKERS:
        headers["content-security-policy"] = WORKER_CSP
    body = asset.body
    if asset.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        body, headers["content-encoding"] = asset.packed, "gzip"
    return Response(body, media_type=asset.media_type, headers=headers)
