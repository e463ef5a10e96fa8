"""registry-events geo sites."""

from collections.abc import Sequence
from typing import Final

import click

from console.commands.dead_letters.exits import EXIT_CODES
from console.commands.dead_letters.group import Group
from console.commands.dead_letters.options.selection import clock, output
from console.commands.dead_letters.run import nothing_matched, run
from console.commands.events.reading import database, settings
from console.commands.geo.sites import standing
from console.database import reading
from console.words.moments import Clock
from geo.sites.standing import Site
from geo.sites.standing import sites as look
from shared.settings import Settings

_HERE: Final = "console.commands.geo.sites"
_PLACES: Final = {
    "add": (f"{_HERE}.add:add", "Write a site down, and print the token that opens the log to it."),
    "remove": (f"{_HERE}.remove:remove", "Forget a site, its cursor and what it has pending."),
    "retry": (f"{_HERE}.retry:retry", "Try all that fails at a site again now."),
    "show": (f"{_HERE}.show:show", "Tell all of one site, and what fails at it and why."),
}


@click.group("sites", cls=Group, places=_PLACES, epilog=EXIT_CODES, invoke_without_command=True)
@clock
@output("text", "wide", "json", "jsonl")
@click.pass_context
def sites(ctx: click.Context, *, clock: Clock, output: str) -> None:
    """Tell how far each site is, and what fails there.

    Without a command, a line for each: LAG is how many changes it has yet to do, and how long the
    first of them has waited. What retention keeps waits for the last of all sites.
    """
    if ctx.invoked_subcommand:
        return
    found = run(_look(settings()))
    standing.show(found, clock, output)
    if not found:
        nothing_matched()


async def _look(loaded: Settings) -> Sequence[Site]:
    async with database(loaded) as pool, reading(pool) as connection:
        return await look(connection)
