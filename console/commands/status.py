"""registry-events status."""

import asyncio
import logging
import os
import sys
from collections.abc import Mapping
from datetime import UTC, tzinfo
from typing import Any, Final

import click

from console.commands.settings import load_or_exit
from console.overview import report
from console.overview.collector import Collector, Overview, collecting
from console.overview.findings.finding import State
from console.overview.snapshot import Snapshot
from console.terminal.width import width
from console.words import zones
from shared.settings import Settings

FAILED: Final = 1
NOT_REACHED: Final = 5
# Between the two looks that rates come from: events leave the queue by batches of hundreds, dead
# letters one by one.
_WHILE_EVENTS_WAIT: Final = 1.0
_BESIDE_DEAD_LETTERS: Final = 0.3
_SHORTEST_PAUSE: Final = 0.5
Style = Mapping[str, Any]
_STYLES: Final[Mapping[State, Style]] = {
    State.OK: {"fg": "green", "bold": True},
    State.DEGRADED: {"fg": "yellow", "bold": True},
    State.DOWN: {"fg": "red", "bold": True},
}


@click.command()
@click.option(
    "--watch",
    metavar="SECONDS",
    type=click.FloatRange(min=_SHORTEST_PAUSE),
    is_flag=False,
    flag_value=2.0,
    help="Look again every SECONDS (2), until Ctrl-C or until --fail-on applies.",
)
@click.option(
    "-o",
    "output",
    type=click.Choice(["text", "wide", "json"]),
    default="text",
    help="text fits the terminal, or COLUMNS; wide is uncut, as text is in a pipe.",
)
@click.option(
    "--local",
    is_flag=True,
    help="Moments of text in the time zone of this machine, or of TZ, not in UTC.",
)
@click.option(
    "--fail-on",
    type=click.Choice([State.DEGRADED.value, State.DOWN.value]),
    help="Exit with code 1 in this state, or in a worse one.",
)
def status(*, watch: float | None, output: str, local: bool, fail_on: str | None) -> None:
    """Is it working? The state of the broker, the queues, the workers and the database.

    Exit codes: 0 as told; 1 with --fail-on, in that state; 2 wrong usage or settings; 5 neither
    the broker nor the database was reached.
    """
    settings = load_or_exit(("amqp_url", "database_url"))
    # What a library could say of a server that is away stands in the findings.
    logging.disable()
    zone = zones.local() if local and output != "json" else UTC
    try:
        code = asyncio.run(_status(settings, zone, watch, output, fail_on))
    except KeyboardInterrupt:
        code = 0
    sys.exit(code)


async def _status(
    settings: Settings, zone: tzinfo, watch: float | None, output: str, fail_on: str | None
) -> int:
    async with collecting(settings, zone=zone) as collector:
        seen = await _first(collector)
        while True:
            _show(seen, output, clear=watch is not None)
            code = exit_code(seen, fail_on)
            if watch is None or code:
                return code
            await asyncio.sleep(watch)
            seen = await collector.collect()


async def _first(collector: Collector) -> Overview:
    """Two looks where something moves; else the tables alone know how fast events came."""
    seen = await collector.collect()
    if not (pause := _pause(seen.snapshot)):
        return seen
    await asyncio.gather(collector.oldest_dead.known(), asyncio.sleep(pause))
    return await collector.collect()


def _pause(snapshot: Snapshot) -> float:
    if snapshot.broker.fault or snapshot.database.fault:
        return 0.0
    dead = snapshot.broker.dead
    if snapshot.ready:
        return _WHILE_EVENTS_WAIT
    return _BESIDE_DEAD_LETTERS if dead and (dead.ready or dead.consumers) else 0.0


def exit_code(seen: Overview, fail_on: str | None) -> int:
    if seen.snapshot.broker.fault and seen.snapshot.database.fault:
        return NOT_REACHED
    failing = {None: (), "degraded": (State.DEGRADED, State.DOWN), "down": (State.DOWN,)}[fail_on]
    return FAILED if seen.verdict.state in failing else 0


def _show(seen: Overview, output: str, *, clear: bool) -> None:
    if output == "json":
        click.echo(report.to_json(seen))
        return
    is_terminal = sys.stdout.isatty()
    if clear and is_terminal:
        click.clear()
    colour = False if os.environ.get("NO_COLOR") else None
    headline, *lines = report.to_lines(seen, None if output == "wide" else width(sys.stdout))
    style = _STYLES[seen.verdict.state]
    click.secho(headline, color=colour, **style)
    for line in lines:
        style = _style(line, style)
        click.echo(click.style(line, **style), color=colour)
    if clear and not is_terminal:
        click.echo()


def _style(line: str, before: Style) -> Style:
    """A finding, or the headline, may go on under its beginning."""
    if line.startswith(" "):
        return before
    return {"fg": "yellow"} if line.startswith("!") else {}
