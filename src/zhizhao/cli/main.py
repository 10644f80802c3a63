"""The command line's root: which installation, which output, and one line for every refusal."""

import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click

import zhizhao
from zhizhao.cli.context import Installation
from zhizhao.kernel.errors import ZhizhaoError

TRACEBACK = "ZHIZHAO_TRACEBACK"
"""Environment variable with which a failed command shows where it failed, for a report of a defect."""
SYSTEM_REFUSED = "The operating system refused."
INTERNAL = f"A defect of this program; run it again with {TRACEBACK}=1 and report what it shows."

# Command name -> room and attribute; imported when called, so that `--help` and short commands start fast.
COMMANDS = {
    "audit": ("zhizhao.cli.audit", "audit"),
    "backup": ("zhizhao.cli.backup", "backup"),
    "bench": ("zhizhao.cli.bench.command", "bench"),
    "client": ("zhizhao.cli.client", "client"),
    "demo": ("zhizhao.cli.demo.command", "demo"),
    "keys": ("zhizhao.cli.keys", "keys"),
    "licence": ("zhizhao.cli.licence", "licence"),
    "migrate": ("zhizhao.cli.migrate", "migrate"),
    "registry": ("zhizhao.cli.registry", "registry"),
    "restore": ("zhizhao.cli.restore", "restore"),
    "serve": ("zhizhao.cli.serve", "serve"),
    "slip": ("zhizhao.cli.slip", "slip"),
    "staff": ("zhizhao.cli.staff", "staff"),
    "verify": ("zhizhao.cli.verify", "verify"),
    "wallet": ("zhizhao.cli.wallet", "wallet"),
}


class Commands(click.Group):
    """Loads a command's room when it is called and turns refusals into one line on stderr."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return one command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        room, attribute = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(room), attribute)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; whatever fails is `error: CODE: text` on stderr and exit status 1.

        A defect of ours is one line too, without the values a traceback would show; TRACEBACK shows it all the same.
        """
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Exception as failure:
            if TRACEBACK in os.environ:
                raise
            click.echo(f"error: {_told(failure)}", err=True)
            ctx.exit(1)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--config", metavar="FILE", help="Settings of the installation (else ZHIZHAO_CONFIG, else var/demo).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")
@click.version_option(zhizhao.__version__, prog_name="zhizhao")
@click.pass_context
def root(ctx: click.Context, config: str | None, *, as_json: bool) -> None:
    """Zhizhao (执照): the electronic business licence, self-hosted."""
    ctx.obj = Installation(config=config, as_json=as_json)


def _told(failure: Exception) -> str:
    """Return code and text of whatever ended a command."""
    while isinstance(failure, ExceptionGroup):
        failure = failure.exceptions[0]
    if isinstance(failure, ZhizhaoError):
        return f"{failure.code}: {_words(failure)}"
    if isinstance(failure, OSError):
        facts = {"file": failure.filename, "reason": failure.strerror or type(failure).__name__}
        return f"system-refused: {SYSTEM_REFUSED} ({_facts(facts)})"
    return f"internal: {INTERNAL} ({_facts({'kind': type(failure).__name__})})"


def _facts(facts: Mapping[str, object]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in facts.items() if value is not None)


def _words(refusal: ZhizhaoError) -> str:
    """Return a refusal on one line: what a server said of it, else what its class says, with the facts."""
    if "told" in refusal.facts:
        return str(refusal.facts["told"])
    told = _facts(refusal.facts)
    summary = (type(refusal).__doc__ or "").strip().splitlines()[0]
    return " ".join(f"{summary}{f' ({told})' if told else ''}".split())


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line. `--json` is accepted at the group and at every command (INTERFACES.md §2)."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    end = given.index("--") if "--" in given else len(given)  # behind it stands what is no option
    options = [one for one in given[:end] if one != "--json"]
    if len(options) < end:
        given = ["--json", *options, *given[end:]]
    root.main(args=given, prog_name="zhizhao")
