"""`zhizhao demo`: create or re-open a demonstration, serve it, and say how to get in."""

import asyncio
import json
import socket
from pathlib import Path
from typing import Any

import click
import uvicorn

import zhizhao
from zhizhao.app.parts import open_parts
from zhizhao.app.server import config_of
from zhizhao.cli.context import Installation, pass_installation
from zhizhao.cli.demo.entities import DemoEntity, demo_entities
from zhizhao.cli.demo.installation import open_folder, write_private
from zhizhao.cli.demo.people import DemoPerson, person
from zhizhao.cli.demo.phones import fresh_slip
from zhizhao.cli.demo.plant import MANAGER, OUTSIDERS, plant
from zhizhao.kernel.errors import ZhizhaoError
from zhizhao.settings import Settings

FACTS = "demo.json"


class PortTaken(ZhizhaoError):
    """Another program listens on the port; stop it or give --port."""

    code = "port-taken"


@click.command()
@click.option(
    "--dir", "folder", type=click.Path(file_okay=False, path_type=Path), default=Path("var/demo"), show_default=True
)
@click.option("--port", type=click.IntRange(1, 65535), default=8420, show_default=True)
@click.option("--database-url", metavar="URL", help="PostgreSQL instead of SQLite in the folder.")
@pass_installation
def demo(installation: Installation, folder: Path, *, port: int, database_url: str | None) -> None:
    """Create or re-open a demonstration with fictitious data and serve it on localhost."""
    _require_free(port)
    folder = folder.resolve()
    settings = open_folder(folder, port=port, database_url=database_url)
    facts = asyncio.run(_facts(settings, folder))
    path = folder / FACTS
    path.unlink(missing_ok=True)
    server = _DemoServer(settings, port=port, facts=facts, path=path, as_json=installation.as_json)
    server.run()


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as cause:
            raise PortTaken(port=port) from cause


async def _facts(settings: Settings, folder: Path) -> dict[str, Any]:
    """Plant what is missing and return what `demo.json` says (INTERFACES.md §2)."""
    async with open_parts(settings) as parts:
        kept = await plant(parts, folder)
        entities = demo_entities()
        people: dict[DemoPerson, list[str]] = {person(n): [] for n in (*OUTSIDERS, MANAGER)}
        for entity in entities:
            people.setdefault(entity.principal, []).append(entity.uscc)
        return {
            "base_url": settings.base_url,
            "version": zhizhao.__version__,
            "staff": kept["staff"],
            "clients": kept["clients"],
            "people": [
                {
                    "name": who.name,
                    "id_number": who.id_number,
                    "slip": await fresh_slip(parts, who),
                    "legal_representative_of": usccs,
                    "manager_of": [entities[0].uscc] if who == person(MANAGER) else [],
                }
                for who, usccs in people.items()
            ],
            "entities": [_entity(e) for e in entities],
            "displays": [],
        }


def _entity(entity: DemoEntity) -> dict[str, Any]:
    return {
        "uscc": entity.uscc,
        "name": entity.name,
        "kind": entity.form.kind,
        "status": entity.status,
        "marks": list(entity.marks),
    }


class _DemoServer(uvicorn.Server):
    """Says that it is ready when it answers requests, not before."""

    def __init__(self, settings: Settings, *, port: int, facts: dict[str, Any], path: Path, as_json: bool) -> None:
        super().__init__(config_of(settings, host="127.0.0.1", port=port))
        self._facts = facts
        self._path = path
        self._as_json = as_json

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen, then write the facts and print the way in."""
        await super().startup(sockets)
        if self.started:
            write_private(self._path, json.dumps(self._facts, ensure_ascii=False, indent=1))
            text = json.dumps(self._facts, ensure_ascii=False) if self._as_json else _welcome(self._facts, self._path)
            click.echo(text)


def _welcome(facts: dict[str, Any], path: Path) -> str:
    base = facts["base_url"]
    holder = next(p for p in facts["people"] if p["legal_representative_of"])
    lines = [
        "",
        "  执照 zhizhao · 演示系统，数据均为虚构 (demonstration, fictitious data)",
        "",
        f"  首页 start            {base}/",
        f"  手机执照 wallet       {base}/wallet",
        f"  窗口核验台 desk       {base}/desk",
        f"  登记工作台 office     {base}/office",
        f"  接口文档 API          {base}/api/v1/docs",
        "",
        f"  持照人 holder         {holder['name']}  {holder['id_number']}  单据 slip {holder['slip']}",
    ]
    accounts = [
        f"  {a['role']:<20}  {a['username']}  {a['password']}  TOTP {a['totp_secret']}" for a in facts["staff"][:3]
    ]
    return "\n".join([*lines, *accounts, "", f"  所有账号 all accounts {path}", "  Ctrl-C 停止 stops it", ""])
