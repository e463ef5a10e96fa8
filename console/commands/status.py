"""registry-events status."""

import asyncio
import logging
import os
import sys
from typing import Final

import click

from console.overview import report
from console.overview.collecting import Collector, Overview, collecting
from console.overview.finding import State
from console.overview.snapshot import Snapshot
from console.processes import load_or_exit
from shared.settings import Settings

FAILED: Final = 1
NOT_REACHED: Final = 5
# Between the two looks that rates come from: events leave the queue by batches of hundreds, dead
# letters one by one.
_WHILE_EVENTS_WAIT: Final = 1.0
_BESIDE_DEAD_LETTERS: Final = 0.3
_SHORTEST_PAUSE: Final = 0.5
_COLOURS: Final = {State.OK: "green", State.DEGRADED: "yellow", State.DOWN: "red"}


@click.command()
@click.option(
    "--watch",
    metavar="SECONDS",
    type=click.FloatRange(min=_SHORTEST_PAUSE),
    is_flag=False,
    flag_value=2.0,
    help="Look again every SECONDS (2), until Ctrl-C or until --fail-on applies.",
)
@click.option("-o", "output", type=click.Choice(["text", "json"]), default="text")
@click.option(
    "--fail-on",
    type=click.Choice([State.DEGRADED.value, State.DOWN.value]),
    help="Exit with code 1 in this state, or in a worse one.",
)
def status(watch: float | None, output: str, fail_on: str | None) -> None:
    """Is it working? The state of the broker, the queues, the workers and the database.

    Exit codes: 0 as told; 1 with --fail-on, in that state; 2 wrong usage or settings; 5 neither
    the broker nor the database was reached.
    """
    settings = load_or_exit(("amqp_url", "database_url"))
    # What a library could say of a server that is away stands in the findings.
    logging.disable()
    try:
        code = asyncio.run(_status(settings, watch, output, fail_on))
    except KeyboardInterrupt:
        code = 0
    sys.exit(code)


async def _status(settings: Settings, watch: float | None, output: str, fail_on: str | None) -> int:
    async with collecting(settings) as collector:
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
    headline, *lines = report.to_lines(seen)
    click.secho(headline, fg=_COLOURS[seen.verdict.state], bold=True, color=colour)
    for line in lines:
        shown = click.style(line, fg="yellow") if line.startswith("!") else line
        click.echo(shown, color=colour)
    if clear and not is_terminal:
        click.echo()
