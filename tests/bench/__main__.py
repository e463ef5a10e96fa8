"""`python -m tests.bench`: measure, and print tables."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace

import click

from console.local import interrupts
from console.local.report import LocalError, to_stderr
from shared import logs
from tests.bench import ingest_parts, machine, table, worker_parts
from tests.bench.scale import FULL, MILLION, QUICK, Scale
from tests.bench.servers import Servers

PARTS = {**worker_parts.PARTS, **ingest_parts.PARTS}


@click.command()
@click.option("--quick", is_flag=True, help="Small counts: whether it works, not how fast.")
@click.option("--million", is_flag=True, help="Memory with 1,000,000 messages in the queue.")
@click.option("--only", multiple=True, type=click.Choice(list(PARTS)), help="This part; repeat it.")
def bench(
    *,
    quick: bool,
    million: bool,
    only: Sequence[str],
) -> None:
    """Measured throughput, latency and memory, on private servers."""
    scale = QUICK if quick else FULL
    if million:
        scale = replace(scale, held=MILLION)
    logs.configure(level="warning", log_format="auto", service="bench")
    with interrupts.raised():
        try:
            asyncio.run(_bench(scale, only or list(PARTS)))
        except LocalError as error:
            raise click.ClickException(str(error)) from None


async def _bench(scale: Scale, parts: Sequence[str]) -> None:
    started = time.monotonic()
    to_stderr("Starting PostgreSQL and RabbitMQ ...")
    sections = []
    async with Servers.started() as servers:
        title = await machine.describe(servers)
        for part in parts:
            to_stderr(f"Measuring {part} ...")
            sections.append(await PARTS[part](servers, scale))
    took = time.monotonic() - started
    remark = f"Medians of {scale.rounds} alternating rounds of each; {took:.0f} s in all."
    table.show(title, sections, remark)


if __name__ == "__main__":
    bench()
