"""registry-events migrate."""

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager

import click

from console.commands.settings import load_or_exit
from console.words import away
from console.words.upkeep import sentence
from shared import faults
from shared import migrate as migrations
from shared.configuration import secret
from shared.database import ERRORS, Pool, new_pool
from shared.partitions import making, upkeep
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
    try:
        asyncio.run(_make_ahead(settings))
    except ERRORS as error:
        # Workers go on without them, and make them later.
        why = faults.in_words(error)
        raise click.ClickException(f"not all partitions were made: {why}") from None


async def _migrate(settings: Settings) -> Sequence[migrations.Migration]:
    async with _pool(settings) as pool, pool.acquire() as connection:
        return await migrations.migrate(connection)


async def _make_ahead(settings: Settings) -> None:
    async with _pool(settings) as pool:
        async for act in making.make(pool, await upkeep.clock(pool)):
            click.echo(sentence(act))


def _pool(settings: Settings) -> AbstractAsyncContextManager[Pool]:
    url = secret(settings.database_url)
    return new_pool(settings, url=url, application="registry-events migrate", connect=away.ANSWER)


def _unchanged(why: str) -> click.ClickException:
    return click.ClickException(f"the schema is unchanged: {why}")
