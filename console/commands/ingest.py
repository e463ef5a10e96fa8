"""registry-events ingest."""

import click

from console.commands.settings import load_or_exit
from console.supervision import parent
from console.supervision.service import serve
from ingest import app


@click.command()
@click.option("--listen", metavar="HOST:PORT", help="Where registries POST to.")
@click.option(
    "--processes", type=int, metavar="N", help="Share the work among N on the same port (1)."
)
@click.option(
    "--insecure-no-auth", is_flag=True, default=None, help="Accept notifications without a token."
)
def ingest(listen: str | None, processes: int | None, *, insecure_no_auth: bool | None) -> None:
    """Accept notifications and publish their events to RabbitMQ."""
    settings = load_or_exit(
        ("amqp_url",),
        ingest_listen=listen,
        ingest_processes=processes,
        insecure_no_auth=insecure_no_auth,
    )
    process = parent.one_or_more("ingest", app.run, settings, drain=app.DRAIN_TIMEOUT)
    serve(process, settings, service="ingest")
