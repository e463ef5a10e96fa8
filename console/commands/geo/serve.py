"""registry-events geo serve."""

import click

from console.commands.settings import load_or_exit
from console.supervision.service import serve as run
from geo.serving import app


@click.command()
@click.option("--listen", metavar="HOST:PORT", help="Where it serves; port 0 takes a free one.")
def serve(listen: str | None) -> None:
    """Give the geo log over HTTP, to sites that do not reach the database.

    A site shows the token that `geo sites add` has printed, and follows by `geo follow --from
    https://...`, or `geo sync --log https://...`. It speaks no TLS itself: put a proxy before it.
    """
    settings = load_or_exit(("database_url",), geo_serve_listen=listen)
    run(app.run(settings), settings, service="geo serve")
