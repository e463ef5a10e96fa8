"""registry-events console."""

import click

from console.commands.settings import load_or_exit
from console.supervision.service import serve
from console.web import app


@click.command()
@click.option("--listen", metavar="HOST:PORT", help="Where browsers find it (127.0.0.1:8090).")
@click.option(
    "--allow-writes", is_flag=True, help="Allow to requeue, edit and discard dead letters."
)
def console(listen: str | None, *, allow_writes: bool) -> None:
    """Serve the web page: is it working, recent events, dead letters.

    Without a token (REGISTRY_EVENTS_CONSOLE_TOKENS) or a reverse proxy that names its users
    (REGISTRY_EVENTS_CONSOLE_PROXY_USER_HEADER) it listens on the loopback interface only.
    """
    settings = load_or_exit(("amqp_url", "database_url"), console_listen=listen)
    serve(app.run(settings, writable=allow_writes), settings, service="console")
