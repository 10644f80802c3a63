"""`zhizhao keys`: list and rotate the installation's keys, install their certificates (SECURITY.md §3.7)."""

from dataclasses import asdict

import click

from zhizhao.app.parts import KEY_FOLDER, Parts
from zhizhao.cli.context import Installation, pass_installation
from zhizhao.kernel.clock import SystemClock, rfc3339
from zhizhao.ledger.act import Act
from zhizhao.ledger.entry import new_entry
from zhizhao.settings import read_passphrase
from zhizhao.trust.file_provider import FileKeys
from zhizhao.trust.keys import KeyInfo, Purpose

PURPOSES = click.Choice([purpose.value for purpose in Purpose])


@click.group()
def keys() -> None:
    """Show, rotate and certify the installation's keys. Private keys are never printed."""


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
@pass_installation
def rotate(installation: Installation, purpose: str, *, compromised: bool) -> None:
    """Announce a new key for PURPOSE; it takes over by itself, and the old one goes on verifying."""

    async def work(parts: Parts) -> KeyInfo:
        async with parts.database.write() as connection:
            made = parts.keys.rotate(Purpose(purpose), compromised=compromised)
            entry = new_entry(
                parts.clock,
                act=Act.OPERATOR_KEY_ROTATED,
                actor=parts.actor,
                object_id=made.kid,
                because="compromised" if compromised else None,
                facts={"purpose": purpose},
            )
            await parts.ledger.append(connection, entry)
        return made

    made = installation.run(work)
    installation.answer(_facts(made), text=f"{_line(made)}\ntakes over at {rfc3339(made.current_at)}")


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
