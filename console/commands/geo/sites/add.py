"""registry-events geo sites add."""

import click

from console.commands.dead_letters.exits import Exit, Failed
from console.commands.dead_letters.run import run, say
from console.commands.events.reading import settings
from console.commands.geo.site_name import NEW_SITE
from console.commands.geo.sites.changing import changing, no_such_site
from geo.sites import keeping, token
from shared.settings import Settings


@click.command()
@NEW_SITE
@click.option("--new-token", is_flag=True, help="For a site that is there: the old one is void.")
@click.option("--from-now", is_flag=True, help="It begins at the end of the log.")
def add(*, name: str, new_token: bool, from_now: bool) -> None:
    """Write a site down, and print the token that opens the log to it.

    The token is kept as a digest alone and cannot be shown again. From now on nothing is dropped
    from the log that the site has not read.
    """
    if new_token and from_now:
        raise click.UsageError("--from-now is of a site that is new")
    made = token.new()
    if new_token:
        if not run(_renew(settings(), name, made)):
            no_such_site(name)
    elif not run(_add(settings(), name, made, from_now=from_now)):
        raise Failed(f"there is a site {name}; --new-token gives it another token", Exit.FAILED)
    say("the token, which is shown this once:")
    click.echo(made)


async def _add(loaded: Settings, name: str, made: str, *, from_now: bool) -> bool:
    async with changing(loaded) as connection:
        return await keeping.add(connection, name, token.digest(made), at_end=from_now)


async def _renew(loaded: Settings, name: str, made: str) -> bool:
    async with changing(loaded) as connection:
        return await keeping.renew(connection, name, token.digest(made))
