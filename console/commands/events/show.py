"""registry-events events show."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import click

from console.commands.dead_letters.options.selection import clock, output
from console.commands.dead_letters.options.values import FILLED, MOMENT
from console.commands.dead_letters.output import stdout
from console.commands.dead_letters.run import nothing_matched, run
from console.commands.events.reading import database, settings
from console.database import reading
from console.events.one import Known, Row, find
from console.words.moments import Clock
from shared import credentials
from shared.settings import Settings
from shared.text import printable, storable

_LABEL = 25


@click.command()
@click.argument("id", type=FILLED)
@click.option("--at", type=MOMENT, help="Only that which happened exactly then (ISO 8601).")
@clock
@output("text", "wide", "json", "jsonl")
def show(*, id: str, at: datetime | None, clock: Clock, output: str) -> None:  # noqa: A002  the user's word for it
    """Tell all that is known of one recorded event, and what became of it.

    ID is the whole event id. Several events may have it, of different times or registries: all are
    shown.
    """
    found = run(_find(settings(), storable(id), at))
    if not found:
        nothing_matched()
    if output == "json":
        stdout.document([one.document() for one in found])
    elif output == "jsonl":
        stdout.lines(one.document() for one in found)
    else:
        for known in found:
            for label, text in _told(known, clock):
                stdout.sentence(label, text, wide=output == "wide")


async def _find(loaded: Settings, event_id: str, at: datetime | None) -> Sequence[Known]:
    async with database(loaded) as pool, reading(pool) as connection:
        return await find(connection, event_id, at)


def _told(known: Known, clock: Clock) -> Iterator[tuple[str, str]]:
    yield from _row(known.event, clock)
    for sentence in known.outcome():
        yield f"{'':<{_LABEL}}", sentence
    for conflict in known.conflicts:
        yield "conflicting event", ""
        yield from _row(conflict, clock)
    yield "", ""


def _row(row: Row, clock: Clock) -> Iterator[tuple[str, str]]:
    for name, value in row.items():
        if value is not None:
            text = clock.full(value) if isinstance(value, datetime) else str(value)
            yield f"{name:<{_LABEL}}", printable(credentials.masked(text))
