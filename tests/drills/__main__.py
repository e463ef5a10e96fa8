"""`python -m tests.drills`: break everything, count, and print one table."""

import asyncio
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from console.local.processes import interrupts
from console.local.report import LocalError, to_stderr
from tests.drills import drill, table
from tests.drills.cluster_servers import NODES, ClusterServers
from tests.drills.drill import Drill, Result
from tests.drills.groups import GROUPS
from tests.drills.scale import FULL, SHORT, Scale
from tests.drills.servers import Servers


@click.command()
@click.option("--only", multiple=True, type=click.Choice(list(GROUPS)), help="One group.")
@click.option("--drill", "part", default="", help="Only drills with this in their names.")
@click.option("--short", is_flag=True, help="Seconds instead of minutes, as in the tests.")
@click.option("--shards", type=click.IntRange(1, 64), default=1, help="Queues that share the load.")
@click.option("--logs", type=click.Path(path_type=Path), help="Keep the processes' logs there.")
def drills(only: Sequence[str], part: str, shards: int, logs: Path | None, *, short: bool) -> None:
    """Faults on private servers; exit code 1 if anything is lost, doubled or otherwise wrong."""
    groups = [GROUPS[name] for name in GROUPS if not only or name in only]
    chosen = [one for group in groups for one in group if part in one.name]
    with interrupts.raised(), TemporaryDirectory(prefix="registry-events-logs-") as scratch:
        try:
            scale = replace(SHORT if short else FULL, shards=shards)
            directory = logs or Path(scratch)
            held = _run_all(chosen, scale, directory)
        except LocalError as error:
            raise click.ClickException(str(error)) from None
    sys.exit(0 if held else 1)


def _run_all(chosen: Sequence[Drill], scale: Scale, directory: Path) -> bool:
    """Those of one node first: two brokers at once would be in each other's way."""
    started = time.monotonic()
    results: list[Result] = []
    for kind, nodes in ((Servers, 1), (ClusterServers, NODES)):
        if these := [one for one in chosen if one.nodes == nodes]:
            with kind.started() as servers:
                results += asyncio.run(_run(servers, these, scale, directory))
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    cores = len(os.sched_getaffinity(0))
    took = (time.monotonic() - started) / 60
    results.sort(key=lambda result: chosen.index(result.drill))
    table.show(f"{cores} cores, {memory:.0f} GiB; {took:.1f} minutes", results)
    return not any(result.problems for result in results)


async def _run(
    servers: Servers, chosen: Sequence[Drill], scale: Scale, directory: Path
) -> Sequence[Result]:
    results = []
    for one in chosen:
        result = await drill.run(one, servers, scale, directory)
        verdict = "; ".join(result.problems) or "held"
        to_stderr(f"{one.name} ... {result.took:.0f} s, {verdict}")
        results.append(result)
    return results


if __name__ == "__main__":
    drills()
