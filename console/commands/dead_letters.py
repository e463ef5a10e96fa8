"""registry-events dead-letters."""

import asyncio
from collections.abc import Callable

import click
from aiormq.exceptions import AMQPError

from console.dead_letters import reading
from console.dead_letters.view import DeadLetter
from console.processes import fail, load_or_exit
from shared.amqp.errors import describe
from shared.configuration import secret


@click.group("dead-letters")
def dead_letters() -> None:
    """Look at events that could not be recorded."""


@dead_letters.command()
@click.option("-n", "count", default=20, show_default=True, help="How many of the youngest.")
@click.option("-f", "--follow", is_flag=True, help="Go on with what arrives.")
@click.option(
    "-o", "output", type=click.Choice(["text", "jsonl"]), default="text", show_default=True
)
def tail(count: int, output: str, *, follow: bool) -> None:
    """Show the youngest dead letters. Nothing is taken off the queue or moved in it."""
    url = secret(load_or_exit(("amqp_url",)).amqp_url)
    show = DeadLetter.json if output == "jsonl" else DeadLetter.line
    try:
        asyncio.run(_tail(url, count, show, follow=follow))
    except KeyboardInterrupt:
        click.echo("0 removed: the queue is as it was", err=True)
    except (AMQPError, OSError, TimeoutError) as error:
        fail(f"the broker cannot be read: {describe(error)}")


async def _tail(url: str, count: int, show: Callable[[DeadLetter], str], *, follow: bool) -> None:
    # The copies start before the look, so that nothing falls between the two.
    async with reading.connected(url) as connection, reading.following(connection) as arriving:
        youngest = await reading.last(connection, count)
        for dead_letter in youngest:
            click.echo(show(dead_letter))
        if not follow:
            return
        shown = {dead_letter.message_id for dead_letter in youngest}
        async for dead_letter in arriving:
            if dead_letter.message_id not in shown:
                click.echo(show(dead_letter))
