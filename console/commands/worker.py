"""registry-events worker."""

import click

from console.processes import load_or_exit
from console.serving import serve
from worker import app


@click.command()
@click.option("--listen", metavar="HOST:PORT", help="Its health port; port 0 takes a free one.")
@click.option("--drain-timeout", type=float, help="Seconds to finish what is in hand.")
def worker(listen: str | None, drain_timeout: float | None) -> None:
    """Record events from the queue in Postgres; start as many as you like."""
    settings = load_or_exit(
        ("amqp_url", "database_url"), worker_listen=listen, worker_drain_timeout=drain_timeout
    )
    serve(app.run(settings), settings, service="worker")
