"""registry-events status."""

import asyncio
import sys
from typing import Final

import click
from rich.console import Console
from rich.text import Text

from console.overview import report
from console.overview.collecting import Collector, Overview, collecting
from console.overview.finding import State
from console.processes import load_or_exit
from shared import logs
from shared.settings import Settings

FAILED: Final = 1
NOT_REACHED: Final = 5
# Between the two looks that rates come from. What moves by batches of hundreds, as a queue does in
# which events wait, is not measured in a shorter time.
_BETWEEN_LOOKS: Final = 1.0
_WHILE_NOTHING_WAITS: Final = 0.3
_SHORTEST_PAUSE: Final = 0.5
_STYLES: Final = {State.OK: "bold green", State.DEGRADED: "bold yellow", State.DOWN: "bold red"}


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
    logs.configure(level="error", log_format=settings.log_format, service="status")
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
    seen = await collector.collect()
    if seen.snapshot.broker.fault:
        return seen
    pause = _BETWEEN_LOOKS if seen.snapshot.ready else _WHILE_NOTHING_WAITS
    await asyncio.gather(collector.oldest_dead.known(), asyncio.sleep(pause))
    return await collector.collect()


def exit_code(seen: Overview, fail_on: str | None) -> int:
    if seen.snapshot.broker.fault and seen.snapshot.database.fault:
        return NOT_REACHED
    failing = {None: (), "degraded": (State.DEGRADED, State.DOWN), "down": (State.DOWN,)}[fail_on]
    return FAILED if seen.verdict.state in failing else 0


def _show(seen: Overview, output: str, *, clear: bool) -> None:
    if output == "json":
        click.echo(report.to_json(seen))
        return
    console = Console(highlight=False, soft_wrap=True)
    if clear and console.is_terminal:
        console.clear()
    headline, *lines = report.to_lines(seen)
    console.print(Text(headline, style=_STYLES[seen.verdict.state]))
    for line in lines:
        console.print(Text(line, style="yellow" if line.startswith("!") else ""))
    if clear and not console.is_terminal:
        console.print()
