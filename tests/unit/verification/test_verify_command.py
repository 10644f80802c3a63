"""`zhizhao verify` as a person runs it: files, anchors, a server, exit status."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from asn1crypto import pem

from factories.documents import Issuer, issuer
from zhizhao.cli.main import main
from zhizhao.kernel.clock import SystemClock
from zhizhao.trust.jws import jwk_set
from zhizhao.trust.keys import Purpose
from zhizhao.verification.anchors import WELL_KNOWN, anchors_document
from zhizhao.verification.publish_anchors import publish_anchors


@dataclass
class Server:
    """A server on this machine."""

    base_url: str = ""
    answers: dict[str, bytes] = field(default_factory=dict)


@pytest.fixture
def server() -> Iterator[Server]:
    """Serve what a test puts into `answers`."""
    served = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = served.answers.get(self.path)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        served.base_url = f"http://127.0.0.1:{running.server_port}"
        Thread(target=running.serve_forever, daemon=True).start()
        yield served
        running.shutdown()


@pytest.fixture(scope="module")
def today(tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    """Return an issuer whose certificates are good on the machine's own day."""
    return issuer(tmp_path_factory.mktemp("keys"), at=SystemClock().now())


@pytest.fixture
def files(today: Issuer, tmp_path: Path) -> dict[str, Path]:
    """Write one file of each kind."""
    contents = {
        "licence.pdf": today.licence_pdf(),
        "archive.pdf": today.archive_pdf(),
        "receipt.jwt": today.receipt().encode(),
        "licence.sd-jwt": today.credential().encode(),
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return {name: tmp_path / name for name in contents}


@pytest.fixture
def trust(today: Issuer, tmp_path: Path) -> str:
    """Return a folder of anchors."""
    publish_anchors(tmp_path, keys=today.keys, certificates=today.certificates, base_url="")
    return str(tmp_path)


def run(*arguments: str | Path) -> int:
    """Return the exit status of the command."""
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    code = ended.value.code
    return code if isinstance(code, int) else 0


class TestAnswers:
    """What is printed."""

    def test_four_answers_and_exit_0(
        self, files: dict[str, Path], trust: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Every kind offline; each of the four questions on its own line, in both languages."""
        assert run("verify", "--trust", trust, "--offline", *files.values()) == 0
        said = capsys.readouterr().out
        for words in ("完整 intact", "有效 valid", "可信 trusted", "状态 status", "存档件（PDF） archive copy"):
            assert words in said

    def test_changed_byte(self, files: dict[str, Path], trust: str, capsys: pytest.CaptureFixture[str]) -> None:
        """Exit 1, the finding on stdout, one line on stderr."""
        path = files["archive.pdf"]
        data = bytearray(path.read_bytes())
        data[len(data) // 3] ^= 1
        path.write_bytes(data)
        assert run("verify", "--trust", trust, "--offline", path) == 1
        told = capsys.readouterr()
        assert "完整 intact   否 no  签名后内容被改动" in told.out
        assert told.err.startswith("error: not-verified: ")
        assert told.err.count("\n") == 1

    def test_json(self, files: dict[str, Path], trust: str, capsys: pytest.CaptureFixture[str]) -> None:
        """One object with every file's answers."""
        assert run("verify", "--trust", trust, "--offline", files["receipt.jwt"], "--json") == 0
        facts = json.loads(capsys.readouterr().out)
        assert facts["holds"] is True
        [one] = facts["files"]
        assert (one["kind"], one["intact"], one["valid"], one["trusted"]) == ("receipt", True, True, True)
        assert one["status"] == "unknown"

    def test_one_bad_file_among_good_ones(self, files: dict[str, Path], trust: str, tmp_path: Path) -> None:
        """All that was asked must hold."""
        (tmp_path / "x.txt").write_text("nothing")
        assert run("verify", "--trust", trust, "--offline", files["receipt.jwt"], tmp_path / "x.txt") == 1

    def test_missing_file_is_wrong_usage(self, trust: str, tmp_path: Path) -> None:
        """Exit 2."""
        assert run("verify", "--trust", trust, tmp_path / "none.pdf") == 2


class TestStatus:
    """Whom is asked."""

    def test_without_a_server_unknown_is_exit_1(self, files: dict[str, Path], trust: str) -> None:
        """Unless --offline was said."""
        assert run("verify", "--trust", trust, files["receipt.jwt"]) == 1

    def test_silent_server_is_exit_1(
        self, files: dict[str, Path], trust: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Unknown with its reason."""
        assert run("verify", "--trust", trust, "--server", "http://127.0.0.1:9", files["archive.pdf"]) == 1
        assert "服务器没有应答" in capsys.readouterr().out

    @pytest.mark.parametrize(("code", "status"), [(0, 0), (1, 1), (2, 1), (3, 1)])
    def test_server_says_how_things_stand(
        self, files: dict[str, Path], trust: str, today: Issuer, server: Server, *, code: int, status: int
    ) -> None:
        """The list's answer decides; the receipt's key is still published."""
        token = today.status_list(code=code, at=SystemClock().now())
        server.answers["/status/1"] = token.encode()
        server.answers["/.well-known/jwks.json"] = json.dumps(jwk_set(today.keys, [Purpose.RECEIPT])).encode()
        checked = (files["licence.pdf"], files["archive.pdf"], files["licence.sd-jwt"])
        assert run("verify", "--trust", trust, "--server", server.base_url, *checked) == status
        assert run("verify", "--trust", trust, "--server", server.base_url, files["receipt.jwt"]) == 0


class TestTrust:
    """Where anchors come from."""

    def test_pem_of_the_root(self, files: dict[str, Path], today: Issuer, tmp_path: Path) -> None:
        """A root trusts the seal; the credential's key is missing, so the evidence inside does not hold."""
        path = tmp_path / "root.pem"
        path.write_bytes(pem.armor("CERTIFICATE", today.chain[-1]))
        assert run("verify", "--trust", path, "--offline", files["licence.pdf"]) == 1
        keys = [today.keys.public(today.keys.current(purpose)).spki() for purpose in (Purpose.ISSUER, Purpose.RECEIPT)]
        path.write_bytes(path.read_bytes() + b"".join(pem.armor("PUBLIC KEY", spki) for spki in keys))
        assert run("verify", "--trust", path, "--offline", *files.values()) == 0

    def test_server(self, files: dict[str, Path], today: Issuer, server: Server) -> None:
        """What a server publishes about itself."""
        document = anchors_document(today.keys, today.certificates, base_url=server.base_url)
        server.answers[WELL_KNOWN] = document
        assert run("verify", "--trust", server.base_url, "--offline", *files.values()) == 0

    def test_somebody_else(self, files: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Another installation's anchors trust none of it; intact and valid stay yes."""
        other = issuer(tmp_path / "other", at=SystemClock().now())
        publish_anchors(tmp_path / "other", keys=other.keys, certificates=other.certificates, base_url="")
        assert run("verify", "--trust", tmp_path / "other", "--offline", files["archive.pdf"], "--json") == 1
        [one] = json.loads(capsys.readouterr().out)["files"]
        assert (one["intact"], one["valid"], one["trusted"]) == (True, True, False)

    def test_no_anchors(self, files: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A folder with nothing in it is refused by name."""
        (tmp_path / "empty").mkdir()
        assert run("verify", "--trust", tmp_path / "empty", files["receipt.jwt"]) == 1
        assert capsys.readouterr().err.startswith("error: anchors-refused: ")

    def test_configured_installation(
        self, files: dict[str, Path], today: Issuer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Without --trust the installation that is configured; here one that only published its anchors."""
        folder = tmp_path / "installation"
        folder.mkdir()
        (folder / "zhizhao.toml").write_text('base_url = "http://localhost:9"\ndata_dir = "."\n')
        publish_anchors(folder, keys=today.keys, certificates=today.certificates, base_url="http://localhost:9")
        monkeypatch.setenv("ZHIZHAO_CONFIG", str(folder / "zhizhao.toml"))
        assert run("verify", "--offline", *files.values()) == 0
        assert run("verify", files["receipt.jwt"]) == 1
        assert run("verify", "--trust", folder, "--offline", *files.values()) == 0
