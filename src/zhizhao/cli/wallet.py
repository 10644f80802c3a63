"""`zhizhao wallet`: the headless wallet, over HTTP only; it opens no installation (INTERFACES.md §6)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from zhizhao.cli.context import Installation, pass_installation
from zhizhao.kernel.errors import ZhizhaoError
from zhizhao_client.errors import Problem, Unreachable
from zhizhao_client.wallet import NotEnrolled, Wallet


class WalletRefused(ZhizhaoError):
    """The server refused."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(told=f"{problem.title}：{problem.detail}（{problem.request_id}）")
        self.code = problem.code  # type: ignore[misc] # the server's own stable code


class ServerUnreachable(ZhizhaoError):
    """The server does not answer; check --server."""

    code = "server-unreachable"


class NoWallet(ZhizhaoError):
    """There is no wallet in --home yet; run `enrol` first."""

    code = "wallet-absent"


@click.group()
@click.option("--server", metavar="URL", help="Address of the installation.")
@click.option("--home", type=click.Path(file_okay=False, path_type=Path), help="Keys and PIN, mode 0600.")
@click.option("--pin", help="The PIN, instead of the kept one.")
@click.pass_context
def wallet(ctx: click.Context, server: str | None, home: Path | None, pin: str | None) -> None:
    """Use a wallet without a phone: for tests, integrators and demonstrations."""
    ctx.meta["zhizhao.wallet"] = (server, home, pin)


@contextmanager
def opened() -> Iterator[Wallet]:
    """Open the wallet that the options name; turn its refusals into ours."""
    server, home, pin = click.get_current_context().meta["zhizhao.wallet"]
    if not server or not home:
        raise click.UsageError("give --server URL and --home DIR before the command")  # noqa: TRY003, EM101 Click's own form
    held = Wallet(server, home, pin=pin)
    try:
        yield held
    except Problem as problem:
        raise WalletRefused(problem) from problem
    except Unreachable as cause:
        raise ServerUnreachable(server=server) from cause
    except NotEnrolled as cause:
        raise NoWallet(home=str(home)) from cause
    finally:
        held.close()


@wallet.command()
@click.option("--slip", required=True, help="The one-time slip of the registration window.")
@click.option("--id-number", required=True, help="The document number that the window checked.")
@click.option("--pin", required=True, help="Six digits of your own.")
@pass_installation
def enrol(installation: Installation, slip: str, id_number: str, pin: str) -> None:
    """Prove the person by a slip and register this wallet as the person's device."""
    with opened() as held:
        done = held.enrol(slip, id_number, pin)
    facts = {"device": done["device"]["id"], "name": done["name"], "retired": done["retired"]}
    installation.answer(facts, text=f"enrolled {done['name']} on {facts['device']}")


@wallet.command()
@pass_installation
def licences(installation: Installation) -> None:
    """List the licences that the person may hold."""
    with opened() as held:
        found = held.licences()
    text = "\n".join(f"{one['uscc']}  {one['state']:<15} {one['name'] or '***'}" for one in found)
    installation.answer({"licences": found}, text=text or "No licence.")


@wallet.command()
@click.argument("uscc")
@pass_installation
def download(installation: Installation, uscc: str) -> None:
    """Download a licence to this wallet; comes before `show`."""
    with opened() as held:
        done = held.download(uscc)
    licence = done["licence"]
    installation.answer(done, text=f"{licence['uscc']}  version {licence['version']}  {licence['name']}")


@wallet.command()
@click.argument("uscc")
@click.option("--matter", metavar="CODE", help="What it is shown for; then refused at once if it cannot work.")
@click.option("--as", "role", metavar="ROLE", help="legal_representative, manager or agent.")
@pass_installation
def show(installation: Installation, uscc: str, matter: str | None, role: str | None) -> None:
    """Get one presentation code: 24 digits, one redemption."""
    with opened() as held:
        shown = held.show(uscc, matter=matter, role=role)
    installation.answer(shown, text=f"{shown['code']}  until {shown['expires_at']}")


@wallet.command()
@click.option("--uscc", help="Only this licence.")
@pass_installation
def records(installation: Installation, uscc: str | None) -> None:
    """Show the newest use records (用照记录)."""
    with opened() as held:
        found = held.records(uscc=uscc)
    lines = [f"{r['verified_at']}  {r['verdict']:<9} {r['verifier']}  {r['purpose']}" for r in found]
    installation.answer({"records": found}, text="\n".join(lines) or "No use yet.")


@wallet.command()
@pass_installation
def devices(installation: Installation) -> None:
    """List the person's devices."""
    with opened() as held:
        found: list[dict[str, Any]] = held.devices()
    lines = [f"{d['id']}  {d['state']:<8} {d['label']}{'  (this)' if d['this'] else ''}" for d in found]
    installation.answer({"devices": found}, text="\n".join(lines))


@wallet.command()
@click.argument("uscc")
@pass_installation
def freeze(installation: Installation, uscc: str) -> None:
    """Freeze a licence everywhere, at once."""
    with opened() as held:
        held.freeze(uscc)
    installation.answer({"uscc": uscc, "state": "frozen"}, text=f"{uscc}: frozen")


@wallet.command()
@click.argument("uscc")
@click.option("--slip", help="A new slip: proves the person again; needed unless this wallet froze it.")
@click.option("--id-number", help="Goes with --slip.")
@pass_installation
def unfreeze(installation: Installation, uscc: str, slip: str | None, id_number: str | None) -> None:
    """Unfreeze a licence: what this wallet froze, by its PIN; else after proving the person again."""
    with opened() as held:
        held.unfreeze(uscc, slip=slip, id_number=id_number)
    installation.answer({"uscc": uscc, "state": "valid"}, text=f"{uscc}: in use again")
