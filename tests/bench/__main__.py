"""`python -m tests.bench`: measure, and print one table."""

import asyncio
import time

import click

from console.local import interrupts
from console.local.report import LocalError, to_stderr
from shared import logs
from tests.bench import answers, machine, memory, neighbours, startup
from tests.bench.scale import FULL, MILLION, QUICK, Scale
from tests.bench.servers import Servers
from tests.bench.table import Section, show

PARTS = ("ingest", "neighbours", "memory", "startup")


@click.command()
@click.option("--quick", is_flag=True, help="Small counts: whether it works, not how fast.")
@click.option("--million", is_flag=True, help="Memory with 1,000,000 messages in the queue.")
@click.option("--only", type=click.Choice(PARTS), help="One part instead of all.")
def bench(*, quick: bool, million: bool, only: str | None) -> None:
    """Measured throughput, latency and memory, on private servers."""
    scale = QUICK if quick else FULL
    held = MILLION if million else scale.held
    logs.configure(level="warning", log_format="auto", service="bench")
    with interrupts.raised():
        try:
            asyncio.run(_bench(scale, held, [only] if only else PARTS))
        except LocalError as error:
            raise click.ClickException(str(error)) from None


async def _bench(scale: Scale, held: int, parts: list[str] | tuple[str, ...]) -> None:
    started = time.monotonic()
    to_stderr("Starting PostgreSQL and RabbitMQ ...")
    async with Servers.started() as servers:
        title = await machine.describe(servers)
        sections = []
        for part in parts:
            to_stderr(f"Measuring {part} ...")
            sections.append(await _measure(part, servers, scale, held))
    took = time.monotonic() - started
    rounds = f"Medians of {scale.rounds} alternating rounds of each; {took:.0f} s in all."
    show(title, sections, rounds)


async def _measure(part: str, servers: Servers, scale: Scale, held: int) -> Section:
    match part:
        case "ingest":
            return await answers.measure(servers, scale)
        case "neighbours":
            return await neighbours.measure(servers, scale)
        case "startup":
            return await startup.measure(servers, scale)
        case _:
            return await memory.measure(servers, held)


if __name__ == "__main__":
    bench()
