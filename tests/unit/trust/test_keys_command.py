"""`zhizhao keys`, as an operator types it."""

import json
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from zhizhao.cli.main import root
from zhizhao.kernel.clock import SystemClock
from zhizhao.trust.certificates import Certificates, der_signature
from zhizhao.trust.errors import PassphraseRefused
from zhizhao.trust.es256 import new_p256
from zhizhao.trust.file_provider import FileKeys
from zhizhao.trust.key_file import KdfCost
from zhizhao.trust.keys import Purpose, Suite
from zhizhao.trust.x509.build import Draft, Subject, build_certificate
from zhizhao.trust.x509.chain import write_pem_chain

CHEAP = KdfCost(passes=1, memory_kib=64, lanes=1)


@pytest.fixture
def installation(tmp_path: Path, sqlite_url: str) -> Path:
    """Give the settings file of an installation with keys and a migrated store."""
    (tmp_path / "passphrase").write_text("old\n")
    (tmp_path / "passphrase").chmod(0o600)
    FileKeys.create(tmp_path / "keys", b"old", clock=SystemClock(), cost=CHEAP)
    path = tmp_path / "zhizhao.toml"
    path.write_text(
        f'base_url = "http://localhost:8000"\ndata_dir = "{tmp_path}"\ndatabase_url = "{sqlite_url}"\n'
        f'key_passphrase_file = "{tmp_path}/passphrase"\ndemo = true\n'
    )
    return path


def run(installation: Path, *arguments: str) -> Result:
    """Run a command with `--json`."""
    return CliRunner().invoke(root, ["--config", str(installation), "--json", "keys", *arguments])


def answer(installation: Path, *arguments: str) -> dict[str, Any]:
    """Run a command and return what it says."""
    result = run(installation, *arguments)
    assert result.exit_code == 0, result.output
    facts: dict[str, Any] = json.loads(result.stdout)
    return facts


def test_create(tmp_path: Path) -> None:
    """A new installation gets its keys once."""
    (tmp_path / "passphrase").write_text("pw\n")
    (tmp_path / "passphrase").chmod(0o600)
    path = tmp_path / "zhizhao.toml"
    path.write_text(
        f'base_url = "https://zhizhao.example"\ndata_dir = "."\nkey_passphrase_file = "{tmp_path}/passphrase"\n'
    )
    assert len(answer(path, "create")["keys"]) == len(Purpose)
    assert not FileKeys.open(tmp_path / "keys", b"pw", clock=SystemClock()).is_demonstration
    again = run(path, "create")
    assert again.exit_code == 1
    assert "key-file-exists" in again.stderr


def test_list(installation: Path) -> None:
    """Every purpose once, and no private byte."""
    keys = answer(installation, "list")["keys"]
    assert {key["purpose"] for key in keys} == set(Purpose)
    assert {key["state"] for key in keys} == {"current"}
    assert set(keys[0]) == {
        *("kid", "purpose", "suite", "state", "created_at", "current_at", "superseded_at", "retires_at")
    }


def test_list_for_people(installation: Path) -> None:
    """One line a key, without JSON."""
    told = CliRunner().invoke(root, ["--config", str(installation), "keys", "list"]).output
    assert len(told.splitlines()) == len(Purpose)
    assert "document-seal  current    ES256" in told


def test_rotate_is_announced_and_entered(installation: Path, tmp_path: Path) -> None:
    """A rotation is in the ledger, and the demonstration certifies the new key."""
    made = answer(installation, "rotate", "document-seal", "--hours", "48")
    assert made["state"] == "announced"
    keys = FileKeys.open(tmp_path / "keys", b"old", clock=SystemClock())
    assert Certificates(tmp_path / "keys", keys).chain_of(made["kid"])
    assert entries(tmp_path, made["kid"]) == [("operator:key:rotated", None)]


def test_rotate_after_a_compromise(installation: Path, tmp_path: Path) -> None:
    """The old key is gone at once; the ledger says why; retired keys are listed on demand."""
    old = next(key["kid"] for key in answer(installation, "list")["keys"] if key["purpose"] == "receipt")
    made = answer(installation, "rotate", "receipt", "--compromised")
    assert made["state"] == "current"
    assert entries(tmp_path, made["kid"]) == [("operator:key:rotated", "compromised")]
    assert old not in {key["kid"] for key in answer(installation, "list")["keys"]}
    retired = [key for key in answer(installation, "list", "--retired")["keys"] if key["kid"] == old]
    assert retired[0]["state"] == "retired"


def test_outside_the_demonstration_nothing_is_certified(installation: Path, tmp_path: Path) -> None:
    """The demonstration's authority stays out of it."""
    installation.write_text(installation.read_text().replace("demo = true", "demo = false"))
    answer(installation, "rotate", "document-seal")
    assert not (tmp_path / "keys" / "certificates").exists()


def test_a_refused_rotation_is_one_line(installation: Path, tmp_path: Path) -> None:
    """The reason on stderr, exit status 1, nothing in the ledger."""
    result = run(installation, "rotate", "lookup")
    assert result.exit_code == 1
    assert result.stderr.startswith("error: rotation-refused: ")
    assert entries(tmp_path, "") == []


def entries(folder: Path, kid: str) -> list[tuple[str, str | None]]:
    """Return act and reason of the ledger's entries about a key."""
    with sqlite3.connect(folder / "zhizhao.db") as store:
        bodies = [json.loads(row[0]) for row in store.execute("SELECT body FROM ledger_entry")]
    store.close()
    return [(body["act"], body["because"]) for body in bodies if kid in body["object"]]


def test_request_and_install(installation: Path, tmp_path: Path) -> None:
    """An operator's own authority signs the request's key."""
    names = ("--common-name", "示例签章", "--organization", "示例")
    asked = answer(installation, "request", "document-seal", *names, "--out", str(tmp_path / "csr.pem"))
    assert (tmp_path / "csr.pem").read_bytes().startswith(b"-----BEGIN CERTIFICATE REQUEST-----")
    keys = FileKeys.open(tmp_path / "keys", b"old", clock=SystemClock())
    (tmp_path / "chain.pem").write_bytes(write_pem_chain(self_made_chain(keys)))
    installed = answer(installation, "install", "document-seal", str(tmp_path / "chain.pem"))
    assert installed == {"kid": asked["kid"], "certificates": 2}
    result = run(installation, "install", "issuer-sm2", str(tmp_path / "chain.pem"))
    assert result.exit_code == 1
    assert "certificate-refused" in result.stderr


def self_made_chain(keys: FileKeys) -> list[bytes]:
    """Return a chain for the seal's key from an authority made here."""
    now, authority = SystemClock().now(), new_p256()
    name = Subject(common_name="示例机构", organization="示例")
    top = Draft(
        subject=name,
        issuer=name,
        spki=authority.public.spki(),
        issuer_spki=authority.public.spki(),
        serial=bytes(16),
        not_before=now - timedelta(days=1),
        not_after=now + timedelta(days=1),
        is_authority=True,
    )
    seal = keys.public(keys.current(Purpose.DOCUMENT_SEAL)).spki()
    leaf = replace(top, subject=Subject(common_name="示例签章", organization="示例"), spki=seal, is_authority=False)

    def sign(message: bytes) -> bytes:
        return der_signature(authority.sign(message))

    return [build_certificate(draft, suite=Suite.ES256, sign=sign) for draft in (leaf, top)]


def test_passphrase(installation: Path, tmp_path: Path) -> None:
    """The file opens with the new passphrase only; an empty one is refused."""
    (tmp_path / "empty").write_text("\n")
    assert run(installation, "passphrase", str(tmp_path / "empty")).exit_code == 1
    (tmp_path / "new").write_text("a better one\n")
    assert answer(installation, "passphrase", str(tmp_path / "new")) == {"changed": True}
    FileKeys.open(tmp_path / "keys", b"a better one", clock=SystemClock())
    with pytest.raises(PassphraseRefused):
        FileKeys.open(tmp_path / "keys", b"old", clock=SystemClock())
