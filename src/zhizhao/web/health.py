"""`/healthz`: this process runs. `/readyz`: it can also reach its store; a load balancer asks this one."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from zhizhao.kernel.clock import rfc3339
from zhizhao.storage.database import Database, Transaction
from zhizhao.web.guards import COOKIELESS, PUBLIC


@get("/healthz", permission=PUBLIC, sync_to_thread=False, **COOKIELESS)
def alive() -> dict[str, str]:
    """Say that the process answers."""
    return {"status": "ok"}


ReadyFacts = Callable[[Transaction], Awaitable[Mapping[str, str | None]]]
"""What else an installation tells an operator who asks whether it is ready; nothing personal, nothing secret."""


async def no_facts(connection: Transaction) -> Mapping[str, str | None]:
    """Tell nothing further."""
    del connection
    return {}


def health_handlers(facts: ReadyFacts = no_facts) -> list[Any]:
    """Return both handlers; `facts` stand in the second one's answer and do not change its status."""

    @get("/readyz", permission=PUBLIC, **COOKIELESS)
    async def ready(
        database: NamedDependency[Database], reader: NamedDependency[Transaction]
    ) -> Response[dict[str, str | None]]:
        """Say that the store answers, with its time."""
        told = await facts(reader)
        return Response({"status": "ok", "store": database.kind, "time": rfc3339(await database.now(reader)), **told})

    return [alive, ready]
