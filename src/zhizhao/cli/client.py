"""`zhizhao client`: add, list and stop clients of relying parties by command."""

import json
from pathlib import Path

import click

from zhizhao.app.parts import Parts
from zhizhao.catalogue.matter import Function
from zhizhao.cli.context import Installation, pass_installation
from zhizhao.onboarding.add_client import NewClient, add_client
from zhizhao.onboarding.client import Profile
from zhizhao.onboarding.errors import ClientMalformed, ClientUnknown

FUNCTIONS = click.Choice([f.value for f in Function])


@click.group()
def client() -> None:
    """Clients of relying parties (接入系统)."""


@client.command("add")
@click.argument("name")
@click.option("--matter", "matters", multiple=True, required=True, metavar="CODE", help="A matter it may act for.")
@click.option("--function", "functions", multiple=True, required=True, type=FUNCTIONS, help="A use it may make.")
@click.option("--field", "fields", multiple=True, metavar="F", help="A face field; none: all that the matters allow.")
@click.option("--redirect-uri", "redirect_uris", multiple=True, metavar="U", help="Exact callback address for login.")
@click.option("--unit", metavar="U", help="The department whose counters redeem under this client.")
@click.option("--peak", type=click.IntRange(1, 10_000), default=50, show_default=True, help="Calls a second.")
@click.option("--quota", type=click.IntRange(min=1), default=1_000_000, show_default=True, help="Checks a year.")
@click.option("--profile", type=click.Choice([p.value for p in Profile]), default="standard", show_default=True)
@click.option("--jwks", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Its public keys (JWK Set).")
@pass_installation
def add(
    installation: Installation,
    name: str,
    *,
    matters: tuple[str, ...],
    functions: tuple[str, ...],
    fields: tuple[str, ...],
    redirect_uris: tuple[str, ...],
    unit: str | None,
    peak: int,
    quota: int,
    profile: str,
    jwks: Path | None,
) -> None:
    """Add a client; without --jwks it gets a secret, which is shown once."""
    keys = _read_jwks(jwks) if jwks else None

    async def work(parts: Parts) -> NewClient:
        async with parts.database.write() as connection:
            return await add_client(
                connection,
                name,
                matters=matters,
                functions=[Function(f) for f in functions],
                unit=unit,
                fields=fields or None,
                redirect_uris=redirect_uris,
                profile=Profile(profile),
                jwks=keys,
                peak_per_second=peak,
                yearly_quota=quota,
                store=parts.clients,
                catalogue=parts.catalogue,
                ledger=parts.ledger,
                clock=parts.clock,
                actor=parts.actor,
            )

    made = installation.run(work)
    facts = {"client_id": made.client.client_id} | ({"client_secret": made.secret} if made.secret else {})
    text = "\n".join(f"{key}: {value}" for key, value in facts.items())
    installation.answer(facts, text=text + ("\nThe secret is not kept; note it now." if made.secret else ""))


def _read_jwks(path: Path) -> dict[str, object]:
    try:
        keys = json.loads(path.read_text("utf-8"))
    except ValueError as cause:
        raise ClientMalformed(field="jwks", reason="not JSON") from cause
    if not isinstance(keys, dict) or not isinstance(keys.get("keys"), list):
        raise ClientMalformed(field="jwks", reason="not a JWK Set")
    return keys


@client.command("list")
@pass_installation
def list_clients(installation: Installation) -> None:
    """List every client with what it may do."""

    async def work(parts: Parts) -> list[dict[str, object]]:
        async with parts.database.read() as connection:
            found = await parts.clients.all(connection)
        return [
            {
                "client_id": c.client_id,
                "name": c.name,
                "unit": c.unit,
                "state": c.state,
                "matters": c.matters,
                "functions": sorted(c.functions),
                "peak_per_second": c.peak_per_second,
            }
            for c in found
        ]

    rows = installation.run(work)
    text = "\n".join(f"{r['client_id']}  {r['state']}  {r['name']}" for r in rows) or "No client yet."
    installation.answer({"clients": rows}, text=text)


@client.command("stop")
@click.argument("client_id")
@pass_installation
def stop(installation: Installation, client_id: str) -> None:
    """Stop a client at once: its next call is refused."""

    async def work(parts: Parts) -> None:
        async with parts.database.write() as connection:
            if not await parts.clients.stop(connection, client_id):
                raise ClientUnknown(client_id=client_id, reason="absent or stopped already")

    installation.run(work)
    installation.answer({"client_id": client_id, "state": "stopped"}, text=f"{client_id}: stopped")
