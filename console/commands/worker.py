"""registry-events worker."""

import click

from console.commands.settings import load_or_exit
from console.supervision import parent
from console.supervision.service import serve
from worker import app


@click.command()
@click.option("--listen", metavar="HOST:PORT", help="Its health port; port 0 takes a free one.")
@click.option(
    "--processes", type=int, metavar="N", help="Share the work among N with one health port (1)."
)
@click.option("--drain-timeout", type=float, help="Seconds to finish what is in hand.")
def worker(listen: str | None, processes: int | None, drain_timeout: float | None) -> None:
    """Record events from the queue in Postgres; start as many as you like."""
    settings = load_or_exit(
        ("amqp_url", "database_url"),
        worker_listen=listen,
        worker_processes=processes,
        worker_drain_timeout=drain_timeout,
    )
    drain = settings.worker_drain_timeout
    process = parent.one_or_more("worker", app.run, settings, drain=drain)
    serve(process, settings, service="worker")
