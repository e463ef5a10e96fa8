"""registry-events migrate."""

import asyncio
from collections.abc import Sequence

import click

from console.commands.settings import load_or_exit
from console.words import away
from shared import faults
from shared import migrate as migrations
from shared.configuration import secret
from shared.database import ERRORS, new_pool
from shared.settings import Settings


@click.command()
def migrate() -> None:
    """Bring the database's schema up to date; safe to run from many places at once."""
    settings = load_or_exit(("database_url",))
    try:
        applied = asyncio.run(_migrate(settings))
    except migrations.MigrationError as error:
        raise _unchanged(faults.in_words(error)) from None
    except ERRORS as error:
        why = faults.in_words(error, seconds=away.ANSWER)
        raise _unchanged(away.database(secret(settings.database_url), why)) from None
    for migration in applied:
        click.echo(f"applied {migration.version:04}_{migration.name}")
    click.echo("the schema is up to date")


async def _migrate(settings: Settings) -> Sequence[migrations.Migration]:
    url = secret(settings.database_url)
    async with (
        new_pool(
            settings, url=url, application="registry-events migrate", connect=away.ANSWER
        ) as pool,
        pool.acquire() as connection,
    ):
        return await migrations.migrate(connection)


def _unchanged(why: str) -> click.ClickException:
    return click.ClickException(f"the schema is unchanged: {why}")
