"""registry-events dead-letters tail."""

from collections import deque

import click

from console.commands.dead_letters.exits import Interrupted
from console.commands.dead_letters.options.selection import clock, output, selectors
from console.commands.dead_letters.output.rows import Shown
from console.commands.dead_letters.run import run, say, settings
from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.operations.plan import key
from console.dead_letters.queue import arrivals, visit
from console.dead_letters.queue.broker import connected
from console.dead_letters.selection import Selection
from console.words.moments import Clock
from shared.configuration import secret


@click.command()
@click.option(
    "-n",
    "count",
    type=click.IntRange(min=0),
    default=20,
    show_default=True,
    help="How many of the youngest.",
)
@click.option("-f", "--follow", is_flag=True, help="Go on with what arrives, until Ctrl-C.")
@clock
@output("text", "wide", "jsonl")
@selectors(limited=False)
def tail(*, count: int, clock: Clock, output: str, follow: bool, selection: Selection) -> None:
    """Show the youngest dead letters; what arrives is followed as copies.

    As JSON whole and unmasked.
    """
    url, shown = secret(settings().amqp_url), Shown(output, clock)
    try:
        run(_tail(url, count, shown, selection, follow=follow))
    except Interrupted:
        if not follow:
            raise
        say(f"{shown.count:,} shown, 0 removed")


async def _tail(url: str, count: int, shown: Shown, selection: Selection, *, follow: bool) -> None:
    # The copies start before the look, so that nothing falls between the two.
    async with connected(url, say=say) as broker, arrivals.follow(broker) as arriving:
        youngest: deque[DeadLetter] = deque(maxlen=count)
        await visit.each(broker, visit.only(selection, youngest.append))
        shown.add(youngest)
        if not follow:
            return
        known = {key(dead_letter) for dead_letter in youngest}
        async for dead_letter in arriving:
            if key(dead_letter) not in known and selection.matches(dead_letter):
                shown.add([dead_letter])
