"""registry-events report."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import click

from console.commands.dead_letters.options.selection import output as output_option
from console.commands.dead_letters.options.values import MOMENT
from console.commands.dead_letters.output import stdout
from console.commands.dead_letters.run import nothing_matched, run, say
from console.commands.events.reading import database, settings
from console.database import reading
from console.events import drawing
from console.events import report as reports
from console.events.report import Asked
from console.events.statistics import counted_until
from console.terminal.table import Column
from console.words import rows
from shared import rollup
from shared.settings import Settings
from shared.text import printable

Found = tuple[Sequence[dict[str, Any]], datetime]

_NUMBERS: Final = frozenset({"pushes", "deletes", "creations", "events", "actors"})
_FRESH: Final = timedelta(minutes=1)


@click.command()
@click.option(
    "--by",
    type=click.Choice(reports.KINDS),
    default="day",
    show_default=True,
    help="What has a line of its own; month: how many different actors did each action.",
)
@click.option("--repository", default="", metavar="GLOB", help="Not with --by month.")
@click.option(
    "--source", default="", metavar="NAME", help="The configured registry that it came from."
)
@click.option("--since", type=MOMENT, default="30d", show_default=True, help="From that day on.")
@click.option("--until", type=MOMENT, default="0s", help="To that day, today if not given.")
@output_option("text", "wide", "json", "jsonl", "csv", "svg")
def report(
    *,
    by: str,
    repository: str,
    source: str,
    since: datetime,
    until: datetime,
    output: str,
) -> None:
    """Count pushes, deletes and creations of each day and repository; days are in UTC.

    Needs DATABASE_URL. What is counted may be a minute old; how old is said. svg draws the days.
    """
    if output == "svg" and by != "day":
        raise click.UsageError("-o svg draws days: it goes with --by day")
    if repository and by == "month":
        raise click.UsageError("actors are not counted by repository: no --repository here")
    asked = Asked(since.date(), until.date(), repository, source)
    found, counted = run(_read(settings(), by, asked))
    if not found:
        nothing_matched()
    _show(found, output)
    say(f"counted until {counted.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC")


async def _read(loaded: Settings, by: str, asked: Asked) -> Found:
    async with database(loaded) as pool:
        async with reading(pool) as connection:
            counted = await counted_until(connection)
        if datetime.now(UTC) - counted > _FRESH:
            await rollup.refresh(pool)
        async with reading(pool) as connection:
            return await reports.read(connection, by, asked), await counted_until(connection)


def _show(found: Sequence[dict[str, Any]], output: str) -> None:
    if output == "svg":
        click.echo(drawing.days(found), nl=False)
    elif output in ("text", "wide"):
        stdout.Rows([_column(name) for name in found[0]], wide=output == "wide").add(
            [[_cell(value) for value in row.values()] for row in found]
        )
    else:
        plain = [{name: _plain(value) for name, value in row.items()} for row in found]
        if output == "json":
            stdout.document(plain)
        else:
            for line in rows.lines(output, plain):
                click.echo(line, nl=False)


def _column(name: str) -> Column:
    least = {"repository": 20, "registry_source": 7}.get(name)
    rank = {"repository": 8, "registry_source": 2}.get(name, 9)
    return Column(name.replace("_", " ").upper(), least=least, rank=rank, right=name in _NUMBERS)


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else printable(str(value))


def _plain(value: object) -> object:
    return value if isinstance(value, int) else str(value)
