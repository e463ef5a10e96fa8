"""A geo sync that ends: how, and what it says of what came of it."""

import json

import click

from console.commands.dead_letters.exits import Exit, Failed
from console.commands.dead_letters.run import run
from console.commands.events.reading import database
from console.database import reading
from console.words.spoken import count
from geo.following.journal import FinalError, JournalError
from geo.syncing import app
from geo.syncing.order import Order
from geo.syncing.report import Show
from geo.syncing.tally import Tally
from shared import service_logs
from shared.service import StartError
from shared.settings import Settings

SITES = "SELECT FROM geo_sites LIMIT 1"


def synced(settings: Settings, order: Order, show: Show) -> Tally:
    """Raises Failed."""
    service_logs.configure(
        level=settings.log_level, log_format=settings.log_format, service="geo-sync"
    )
    try:
        return run(_to_the_end(settings, order, show))
    except (FinalError, StartError, app.StoppedError) as error:
        raise Failed(f"not all was looked at: {error}", Exit.FAILED) from None
    except JournalError as error:
        raise Failed(f"not all was looked at: {error}", Exit.AWAY) from None


async def _to_the_end(settings: Settings, order: Order, show: Show) -> Tally:
    # Whoever waits is told within seconds that the database is away; later it is asked again.
    if not order.log:
        async with database(settings) as pool, reading(pool) as connection:
            await connection.execute(SITES)
    return await app.run_once(settings, order, show)


def tell(tally: Tally, *, as_json: bool) -> None:
    """Ends the command with exit code 1 if a repository failed."""
    click.echo(_document(tally) if as_json else _sentences(tally))
    if tally.failing:
        raise SystemExit(Exit.FAILED)


def _document(tally: Tally) -> str:
    failing = [
        {"repository": path, "cause": cause} for path, cause in sorted(tally.failing.items())
    ]
    return json.dumps({"equal": tally.equal, "failing": failing})


def _sentences(tally: Tally) -> str:
    lines = [f"{count(tally.equal, 'repository is', 'repositories are')} equal"]
    lines += [f"{path}: {cause}" for path, cause in sorted(tally.failing.items())]
    return "\n".join(lines)
