"""registry-events migrate."""

import asyncio
from collections.abc import Sequence

import click

from console.processes import fail, load_or_exit
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
        fail(f"the schema is unchanged: {faults.in_words(error)}")
    except ERRORS as error:
        why = faults.in_words(error, seconds=away.ANSWER)
        told = away.database(secret(settings.database_url), why)
        fail(f"the schema is unchanged: {told}")
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
