"""registry-events exporter."""

import click

from console.commands.settings import load_or_exit
from console.exporter import app
from console.supervision.service import serve


@click.command()
@click.option("--listen", metavar="HOST:PORT", help="Its health port; port 0 takes a free one.")
def exporter(listen: str | None) -> None:
    """Show Prometheus what only the broker or the database knows: queues, sites, schema.

    It reads, takes nothing off a queue, and one is enough. Its figures are some ten seconds old at
    most, so that a scrape waits for nobody; those of a server that is away are left out.
    """
    settings = load_or_exit(("amqp_url", "database_url"), exporter_listen=listen)
    serve(app.run(settings), settings, service="exporter")
