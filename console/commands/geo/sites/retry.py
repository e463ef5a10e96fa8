"""registry-events geo sites retry."""

import click

from console.commands.dead_letters.options.values import FILLED
from console.commands.dead_letters.run import run
from console.commands.events.reading import settings
from console.commands.geo.sites.changing import changing, no_such_site
from console.words import spoken
from geo.sites import keeping
from geo.sites.standing import sites
from shared.settings import Settings
from shared.text import storable


@click.command()
@click.argument("name", type=FILLED)
def retry(*, name: str) -> None:
    """Try all that fails at a site again now."""
    count = run(_retry(settings(), storable(name)))
    if count is None:
        no_such_site(name)
    click.echo(f"{spoken.count(count, 'repository', 'repositories')} due now")


async def _retry(loaded: Settings, name: str) -> int | None:
    async with changing(loaded) as connection:
        if not await sites(connection, name):
            return None
        return await keeping.retry(connection, name)
