"""registry-events forward."""

import asyncio

import click

from console.commands.settings import load_or_exit
from console.supervision.service import serve
from console.words import away
from console.words.spoken import count
from forward import app, outbox
from forward.destination import NEEDED
from shared import faults
from shared.configuration import secret
from shared.database import ERRORS, new_pool, transaction
from shared.settings import Settings


@click.command()
@click.option("--listen", metavar="HOST:PORT", help="Its health port; port 0 takes a free one.")
@click.option(
    "--retry-refused",
    is_flag=True,
    help="Let what the sinks refused wait for them again, say how much that is, and end.",
)
def forward(listen: str | None, *, retry_refused: bool) -> None:
    """Send tracking events to where analytics live: Snowplow, or any URL as CloudEvents."""
    settings = load_or_exit(("database_url", "forward"), forward_listen=listen)
    if retry_refused:
        events = _put_back(settings)
        click.echo(f"{count(events, 'event')} {'waits' if events == 1 else 'wait'} again")
        return
    load_or_exit([NEEDED[sink] for sink in settings.forward])
    serve(app.run(settings), settings, service="forward")


def _put_back(settings: Settings) -> int:
    async def put_back() -> int:
        url = secret(settings.database_url)
        seconds = settings.database_timeout
        async with (
            new_pool(
                settings, url=url, application="registry-events forward", connect=away.ANSWER
            ) as pool,
            transaction(pool, seconds=seconds) as connection,
        ):
            return await outbox.put_back(connection, settings.forward)

    try:
        return asyncio.run(put_back())
    except ERRORS as error:
        why = faults.in_words(error, seconds=away.ANSWER)
        sentence = away.database(secret(settings.database_url), why)
        raise click.ClickException(f"nothing was put back: {sentence}") from None
