"""The command line's root: which installation, which output, and one line for every refusal."""

import importlib
import sys
from collections.abc import Sequence
from typing import Any

import click

import zhizhao
from zhizhao.cli.context import Installation
from zhizhao.kernel.errors import ZhizhaoError

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
        """Run the command; a refusal is `error: CODE: text` on stderr and exit status 1."""
        try:
            return super().invoke(ctx)
        except ZhizhaoError as refusal:
            click.echo(f"error: {refusal.code}: {_words(refusal)}", err=True)
            ctx.exit(1)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--config", metavar="FILE", help="Settings of the installation (else ZHIZHAO_CONFIG, else var/demo).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")
@click.version_option(zhizhao.__version__, prog_name="zhizhao")
@click.pass_context
def root(ctx: click.Context, config: str | None, *, as_json: bool) -> None:
    """Zhizhao (执照): the electronic business licence, self-hosted."""
    ctx.obj = Installation(config=config, as_json=as_json)


def _words(refusal: ZhizhaoError) -> str:
    """Return a refusal on one line: what a server said of it, else what its class says, with the facts."""
    if "told" in refusal.facts:
        return str(refusal.facts["told"])
    told = ", ".join(f"{name}: {value}" for name, value in refusal.facts.items())
    summary = (type(refusal).__doc__ or "").strip().splitlines()[0]
    return " ".join(f"{summary}{f' ({told})' if told else ''}".split())


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line. `--json` is accepted at the group and at every command (INTERFACES.md §2)."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if "--json" in given:
        given.remove("--json")
        given.insert(0, "--json")
    root.main(args=given, prog_name="zhizhao")
