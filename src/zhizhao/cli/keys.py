"""`zhizhao keys`: list and rotate the installation's keys, install their certificates (SECURITY.md §3.7)."""

from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import click
from asn1crypto import pem

from zhizhao.app.parts import KEY_FOLDER, Parts
from zhizhao.cli.context import Installation, pass_installation
from zhizhao.kernel.clock import SystemClock, rfc3339
from zhizhao.ledger.act import Act
from zhizhao.ledger.entry import new_entry
from zhizhao.settings import read_passphrase
from zhizhao.trust.certificates import CERTIFIED, Certificates
from zhizhao.trust.demo_authority import DemoAuthority
from zhizhao.trust.errors import PassphraseRefused
from zhizhao.trust.file_provider import FileKeys
from zhizhao.trust.keys import KeyInfo, Purpose
from zhizhao.trust.x509.build import Subject
from zhizhao.trust.x509.chain import read_pem_chain
from zhizhao.verification.publish_anchors import publish_anchors

PURPOSES = click.Choice([purpose.value for purpose in Purpose])


@click.group()
def keys() -> None:
    """Show, rotate and certify the installation's keys. Private keys are never printed."""


@keys.command()
@pass_installation
def create(installation: Installation) -> None:
    """Make the key file of a new installation: one key for every purpose. An existing file is never touched."""
    settings = installation.settings()
    folder = settings.data_path() / KEY_FOLDER
    ring = FileKeys.create(folder, read_passphrase(settings), clock=SystemClock(), demonstration=settings.demo)
    installation.answer({"keys": [_facts(info) for info in ring.list()]}, text=f"{folder}: {len(ring.list())} keys")


@keys.command(name="list")
@click.option("--retired", is_flag=True, help="Show retired keys too.")
@pass_installation
def list_keys(installation: Installation, *, retired: bool) -> None:
    """Show every key: purpose, state, kid and its times."""
    infos = [info for info in _opened(installation).list() if retired or info.state != "retired"]
    lines = [_line(info) for info in sorted(infos, key=lambda info: (info.purpose, info.current_at))]
    installation.answer({"keys": [_facts(info) for info in infos]}, text="\n".join(lines))


@keys.command()
@click.argument("purpose", type=PURPOSES)
@click.option("--compromised", is_flag=True, help="Withdraw the old keys at once: what they signed no longer verifies.")
@click.option("--hours", type=click.IntRange(1, 24 * 90), help="Announce it longer, e.g. while a certificate is made.")
@pass_installation
def rotate(installation: Installation, purpose: str, *, compromised: bool, hours: int | None) -> None:
    """Announce a new key for PURPOSE; it takes over by itself, and the old one goes on verifying."""
    announce = timedelta(hours=hours) if hours else None

    async def work(parts: Parts) -> KeyInfo:
        async with parts.database.write() as connection:
            made = parts.keys.rotate(Purpose(purpose), compromised=compromised, announce=announce)
            entry = new_entry(
                parts.clock,
                act=Act.OPERATOR_KEY_ROTATED,
                actor=parts.actor,
                object_id=made.kid,
                because="compromised" if compromised else None,
                facts={"purpose": purpose},
            )
            await parts.ledger.append(connection, entry)
        if parts.settings.demo:
            folder = parts.settings.data_path() / KEY_FOLDER
            DemoAuthority(folder, parts.keys, clock=parts.clock, demo=parts.settings.demo).ensure()
        publish_anchors(
            parts.settings.data_path(),
            keys=parts.keys,
            certificates=Certificates(parts.settings.data_path() / KEY_FOLDER, parts.keys),
            base_url=parts.settings.base_url,
        )
        return made

    made = installation.run(work)
    installation.answer(_facts(made), text=f"{_line(made)}\ntakes over at {rfc3339(made.current_at)}")


@keys.command()
@click.argument("purpose", type=click.Choice([purpose.value for purpose in CERTIFIED]))
@click.option("--kid", help="The key; without it the announced one, else the current one.")
@click.option("--common-name", required=True, help="CN of the certificate.")
@click.option("--organization", required=True, help="O of the certificate.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Where to write the PEM.")
@pass_installation
def request(
    installation: Installation, purpose: str, kid: str | None, *, common_name: str, organization: str, out: Path
) -> None:
    """Write a certificate request (PKCS#10) for the key of PURPOSE, to be signed by your authority."""
    ring = _opened(installation)
    wanted = Purpose(purpose)
    announced = [info.kid for info in ring.list(wanted) if info.state == "announced"]
    chosen = kid or next(iter(announced), ring.current(wanted))
    certificates = Certificates(installation.settings().data_path() / KEY_FOLDER, ring)
    der = certificates.request(chosen, wanted, subject=Subject(common_name=common_name, organization=organization))
    out.write_bytes(pem.armor("CERTIFICATE REQUEST", der))
    installation.answer({"kid": chosen, "file": str(out)}, text=f"{out}  for {chosen}")


@keys.command()
@click.argument("purpose", type=click.Choice([purpose.value for purpose in CERTIFIED]))
@click.argument("chain", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@pass_installation
def install(installation: Installation, purpose: str, *, chain: Path) -> None:
    """Check and keep the PEM CHAIN (leaf first, root last) for the key of PURPOSE that it is about."""
    certificates = Certificates(installation.settings().data_path() / KEY_FOLDER, _opened(installation))
    ders = read_pem_chain(chain.read_bytes())
    kid = certificates.install(Purpose(purpose), ders, now=SystemClock().now())
    installation.answer({"kid": kid, "certificates": len(ders)}, text=f"installed for {kid}")


@keys.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@pass_installation
def passphrase(installation: Installation, *, file: Path) -> None:
    """Close the key file under the first line of FILE. Stop the server first, start it with the new passphrase."""
    lines = file.read_bytes().splitlines()
    if not lines or not lines[0].strip():
        raise PassphraseRefused(file=str(file), reason="the file is empty")
    _opened(installation).change_passphrase(lines[0].strip())
    installation.answer({"changed": True}, text="the key file now opens with the new passphrase")


def _opened(installation: Installation) -> FileKeys:
    """Return the keys without opening the database."""
    settings = installation.settings()
    return FileKeys.open(settings.data_path() / KEY_FOLDER, read_passphrase(settings), clock=SystemClock())


def _facts(info: KeyInfo) -> dict[str, object]:
    times = {name: value and rfc3339(value) for name, value in asdict(info).items() if name.endswith("_at")}
    return {"kid": info.kid, "purpose": info.purpose, "suite": info.suite, "state": info.state, **times}


def _line(info: KeyInfo) -> str:
    until = f"  until {rfc3339(info.retires_at)}" if info.retires_at else ""
    return f"{info.purpose:<14} {info.state:<10} {info.suite:<12} {info.kid}  from {rfc3339(info.current_at)}{until}"
