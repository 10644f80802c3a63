"""`/healthz`: this process runs. `/readyz`: it can also reach its store; a load balancer asks this one."""

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


@get("/readyz", permission=PUBLIC, **COOKIELESS)
async def ready(database: NamedDependency[Database], reader: NamedDependency[Transaction]) -> Response[dict[str, str]]:
    """Say that the store answers, with its time."""
    return Response({"status": "ok", "store": database.kind, "time": rfc3339(await database.now(reader))})


def health_handlers() -> list[Any]:
    """Return both handlers."""
    return [alive, ready]
