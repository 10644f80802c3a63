"""`zhizhao serve`: the production server; refuses to start in an unsafe configuration and says which."""

import click

from zhizhao.app.server import serve as run_server
from zhizhao.cli.context import Installation, pass_installation


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8420, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="PostgreSQL only; = cores.")
@click.option("--metrics-port", type=click.IntRange(0, 65535), help="Serve /metrics on this port of the loopback.")
@click.option("--database-url", metavar="URL", help="Another store than the settings name.")
@pass_installation
def serve(
    installation: Installation,
    *,
    host: str,
    port: int,
    workers: int,
    metrics_port: int | None,
    database_url: str | None,
) -> None:
    """Serve the installation."""
    settings = installation.settings()
    run_server(settings.with_database(database_url), host=host, port=port, workers=workers, metrics_port=metrics_port)
