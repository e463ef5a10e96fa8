"""registry-events ingest."""

import click

from console.processes import load_or_exit
from console.serving import serve
from ingest import app


@click.command()
@click.option("--listen", metavar="HOST:PORT", help="Where registries POST to.")
@click.option(
    "--insecure-no-auth", is_flag=True, default=None, help="Accept notifications without a token."
)
def ingest(listen: str | None, *, insecure_no_auth: bool | None) -> None:
    """Accept notifications and publish their events to RabbitMQ."""
    settings = load_or_exit(("amqp_url",), ingest_listen=listen, insecure_no_auth=insecure_no_auth)
    serve(app.run(settings), settings, service="ingest")
