"""`python -m tests.bench`: measure, and print tables."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import click

from console.local.processes import interrupts
from console.local.report import LocalError, to_stderr
from shared import logs
from tests.bench import machine, results, table
from tests.bench.figures import Section
from tests.bench.parts import PARTS
from tests.bench.results import NoResultsError, Run
from tests.bench.scale import FULL, MILLION, QUICK, Scale
from tests.bench.servers import Servers

_REMARK = "A ratio is ours beside that contender; more is better. Medians of rounds that alternate:"
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option("--quick", is_flag=True, help="Small counts: whether it works, not how fast.")
@click.option("--million", is_flag=True, help="A queue of 1,000,000 messages too.")
@click.option("--only", multiple=True, type=click.Choice(list(PARTS)), help="This part; repeat it.")
@click.option("--json", "file", type=_FILE, help="Write the figures of every round there.")
@click.option("--compare", "other", type=_FILE, help="Show beside these, which --json wrote.")
@click.option("--plot", type=_FILE, help="Draw the figures there, as SVG.")
def bench(
    *,
    quick: bool,
    million: bool,
    only: Sequence[str],
    file: Path | None,
    other: Path | None,
    plot: Path | None,
) -> None:
    """Measured throughput, latency and memory, on private servers."""
    scale = QUICK if quick else FULL
    if million:
        scale = replace(scale, held=MILLION)
    if plot and not find_spec("matplotlib"):
        raise click.ClickException("--plot needs matplotlib, which `make bench` installs")
    logs.configure(level="warning", log_format="auto", service="bench")
    with interrupts.raised():
        try:
            before = results.read(other) if other else None
            to_stderr("Starting PostgreSQL and RabbitMQ ...")
            with Servers.started() as servers:
                run = asyncio.run(_bench(servers, scale, only or list(PARTS)))
        except (LocalError, NoResultsError) as error:
            raise click.ClickException(str(error)) from None
    if file:
        results.write(run, file)
    if before:
        results.show_beside(run, before, str(other))
    if plot:
        # A library of its own, and slow to load.
        from tests.bench import picture  # noqa: PLC0415

        picture.draw(run, plot)


async def _bench(servers: Servers, scale: Scale, parts: Sequence[str]) -> Run:
    """Shows each part as soon as it is measured: one that fails later takes nothing along."""
    started = time.monotonic()
    sections: dict[str, Section] = {}
    screen = table.console()
    title = await machine.describe(servers)
    screen.print(f"{title}\n", style="bold")
    for part in parts:
        to_stderr(f"Measuring {part} ...")
        sections[part] = await PARTS[part](servers, scale)
        table.show(sections[part])
    screen.print(f"{_REMARK} {scale.rounds} rounds, {time.monotonic() - started:.0f} s in all.")
    return Run(title, sections)


if __name__ == "__main__":
    bench()
