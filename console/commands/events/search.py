"""registry-events events search."""

from collections.abc import Callable

import click

from console.commands.dead_letters.options.selection import clock, output
from console.commands.dead_letters.run import nothing_matched, run, say
from console.commands.events.options import selects
from console.commands.events.output import Output, new_output
from console.commands.events.reading import database, settings
from console.database import reading
from console.errors import UnusableError
from console.events.cursor import Cursor
from console.events.search import Found
from console.events.search import search as find
from console.events.wanted import Wanted
from console.words.moments import Clock
from shared.settings import Settings

# At once: one page is in memory, however many are asked for.
_PAGE = 1_000


def _place(_ctx: click.Context, _option: click.Parameter, word: str | None) -> Cursor | None:
    try:
        return Cursor.read(word) if word else None
    except UnusableError as error:
        raise click.BadParameter(str(error)) from None


@click.command()
@selects
@click.option(
    "--limit", type=click.IntRange(min=1), default=50, show_default=True, help="At most so many."
)
@click.option(
    "--after", metavar="CURSOR", callback=_place, help="Go on where a search before ended."
)
@clock
@output("text", "wide", "json", "jsonl", "csv")
def search(*, wanted: Wanted, limit: int, after: Cursor | None, clock: Clock, output: str) -> None:
    """Find recorded events, the newest first by their own time.

    A repository, a digest and an actor are found at once; for a tag or an action alone, all events
    of the time are gone through.
    """
    shown: Output = new_output(output, clock)
    end = run(_search(settings(), wanted, after, limit, shown.add))
    shown.close(end)
    if not shown.count:
        nothing_matched()
    if end:
        say(f"there is more: --after {end}")


async def _search(
    loaded: Settings,
    wanted: Wanted,
    after: Cursor | None,
    limit: int,
    show: Callable[[Found], None],
) -> Cursor | None:
    """Where the next search goes on, if there is more."""
    async with database(loaded) as pool:
        while True:
            async with reading(pool) as connection:
                found = await find(connection, wanted, after, min(limit, _PAGE))
            show(found)
            limit -= len(found.events)
            after = found.after
            if not limit or after is None:
                return after
