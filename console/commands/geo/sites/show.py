"""registry-events geo sites show."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import click
import msgspec

from console.commands.dead_letters.options.selection import clock, output
from console.commands.dead_letters.options.values import FILLED
from console.commands.dead_letters.output import stdout
from console.commands.dead_letters.run import nothing_matched, run
from console.commands.events.reading import database, settings
from console.commands.geo.sites.standing import trouble, waited
from console.database import reading
from console.terminal.table import Column
from console.words import moments, spoken
from console.words.moments import Clock
from geo.sites import standing
from geo.sites.standing import Failing, Site
from shared import credentials
from shared.settings import Settings
from shared.text import printable, storable

_LABEL: Final = 12
_COLUMNS: Sequence[Column] = (
    Column("REPOSITORY", least=20, rank=8),
    Column("SOURCE", least=7, rank=3),
    Column("ATTEMPTS", rank=5, right=True),
    Column("PENDING SINCE", rank=4),
    Column("NEXT TRY", rank=7),
    Column("CAUSE", least=30, rank=6, below=True),
)


class Shown(NamedTuple):
    site: Site
    failing: Sequence[Failing]


@click.command()
@click.argument("name", type=FILLED)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=100,
    show_default=True,
    help="At most so many failing repositories, which has waited longest first.",
)
@clock
@output("text", "wide", "json")
def show(*, name: str, limit: int, clock: Clock, output: str) -> None:
    """Tell all of one site, and what fails at it and why."""
    found = run(_look(settings(), storable(name), limit))
    if not found:
        nothing_matched()
    if output == "json":
        failing = {"failing_repositories": msgspec.to_builtins(found.failing)}
        stdout.document({**msgspec.to_builtins(found.site), **failing})
        return
    wide = output == "wide"
    for label, text in _told(found.site, clock):
        stdout.sentence(f"{label:<{_LABEL}}", text, wide=wide)
    stdout.Rows(_COLUMNS, wide=wide).add([_row(one, clock) for one in found.failing])


async def _look(loaded: Settings, name: str, limit: int) -> Shown | None:
    async with database(loaded) as pool, reading(pool) as connection:
        for site in await standing.sites(connection, name):
            return Shown(site, await standing.failing(connection, name, limit))
        return None


def _told(site: Site, clock: Clock) -> Iterator[tuple[str, str]]:
    yield "site", printable(site.name)
    yield "cursor", f"{site.cursor:,}, moved {clock.full(site.moved_at)}"
    since = f", the first of them since {waited(site)}" if site.lag_events else ""
    yield "lag", f"{spoken.count(site.lag_events, 'change')}{since}"
    yield "pending", f"{spoken.count(site.pending, 'repository', 'repositories')}"
    yield "failing", f"{site.failing:,}"
    yield "seen", clock.full(site.seen_at)
    yield "written down", clock.full(site.started_at)
    yield "over HTTP", "with its token" if site.has_token else "no token opens the log to it"
    if said := trouble(site):
        yield "error", said
    elif site.error:
        over = printable(credentials.masked(site.error))
        yield "last error", f"{over} ({clock.full(site.error_at)}, over since)"


def _row(one: Failing, clock: Clock) -> Sequence[str]:
    return (
        printable(one.repository),
        printable(one.source),
        f"{one.attempts:,}",
        clock.short(one.since),
        "now" if one.is_held else _when(one, clock),
        printable(credentials.masked(one.cause)),
    )


def _when(one: Failing, clock: Clock) -> str:
    left = (one.due_at - clock.now).total_seconds()
    return f"in {spoken.age(left)}" if left > 0 else f"due {moments.age(one.due_at, now=clock.now)}"
