"""registry-events geo sites remove."""

import click

from console.commands.dead_letters.options.values import FILLED
from console.commands.dead_letters.run import confirm, run
from console.commands.events.reading import settings
from console.commands.geo.sites.changing import changing, no_such_site
from geo.sites import keeping
from shared.settings import Settings
from shared.text import printable, storable

_PRUNED = "what the log keeps for it alone may be dropped from now on"


@click.command()
@click.argument("name", type=FILLED)
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
def remove(*, name: str, yes: bool) -> None:
    """Forget a site, its cursor and what it has pending.

    Its token opens nothing any more, whoever follows for it ends, and what the log keeps for it
    alone may be dropped from then on.
    """
    confirm(f"site {printable(name)} is forgotten, and {_PRUNED}. Go on?", yes=yes)
    if not run(_remove(settings(), storable(name))):
        no_such_site(name)
    click.echo(f"site {printable(name)} is removed; {_PRUNED}")


async def _remove(loaded: Settings, name: str) -> bool:
    async with changing(loaded) as connection:
        return await keeping.remove(connection, name)
