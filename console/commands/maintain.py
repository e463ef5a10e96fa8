"""registry-events maintain."""

import asyncio
import json
from collections.abc import Sequence

import asyncpg
import click

from console.commands.settings import load_or_exit
from console.words import away
from console.words.upkeep import sentence
from shared import faults
from shared.configuration import secret
from shared.database import ERRORS, new_pool
from shared.partitions.acts import Act
from shared.partitions.retention import Retention
from shared.partitions.upkeep import keep_up
from shared.settings import Settings


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("-o", "output", type=click.Choice(["text", "json"]), default="text")
def maintain(*, dry_run: bool, output: str) -> None:
    """Make partitions ahead, and drop what is older than the retention settings allow.

    Safe beside workers, which do the same every ten minutes, and from many places at once. Nothing
    is dropped unless REGISTRY_EVENTS_RETENTION_TRACKING, _GEO or _OPERATIONS say so, and no geo
    events that a site has not read. What is dropped does not come back.

    Exit codes: 0 done, or nothing to do; 1 not all was done, run it again; 2 wrong usage or
    settings.
    """
    settings = load_or_exit(("database_url",))
    acts: list[Act] = []
    try:
        asyncio.run(_maintain(settings, acts, dry_run=dry_run))
    except ERRORS as error:
        raise click.ClickException(_fault(error, settings)) from None
    finally:
        # What was done until then is done.
        if output == "json":
            click.echo(_document(acts, dry_run=dry_run))
        else:
            _tell(acts, dry_run=dry_run)
    if not acts and output == "text":
        click.echo("there is nothing to do")


async def _maintain(settings: Settings, acts: list[Act], *, dry_run: bool) -> None:
    async with new_pool(
        settings,
        url=secret(settings.database_url),
        application="registry-events maintain",
        connect=away.ANSWER,
    ) as pool:
        async for act in keep_up(pool, Retention.of(settings), dry_run=dry_run):
            acts.append(act)  # noqa: PERF401  what was done before a failure is said too


def _tell(acts: Sequence[Act], *, dry_run: bool) -> None:
    for act in acts:
        click.echo(sentence(act, dry_run=dry_run))


def _document(acts: Sequence[Act], *, dry_run: bool) -> str:
    return json.dumps({"dry_run": dry_run, "acts": [act.document() for act in acts]})


def _fault(error: Exception, settings: Settings) -> str:
    if isinstance(error, asyncpg.UndefinedTableError):
        return "the tables are missing: run registry-events migrate"
    if isinstance(error, asyncpg.LockNotAvailableError):
        return "not all was done, since somebody has the tables: registry-events status says who"
    why = faults.in_words(error, seconds=away.ANSWER)
    return f"not all was done: {away.database(secret(settings.database_url), why)}"
