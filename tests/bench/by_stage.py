"""Where our worker's CPU time goes."""

import asyncio
import json
import os
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.bench.drain import held
from tests.bench.figures import OURS, Figure, Section
from tests.bench.scale import Scale
from tests.bench.servers import Servers
from tests.bench.stages import STAGES
from tests.bench.workers import Worker
from tests.waiting import eventually

_NOTE: Final = """\
By looking at the stack as often as the kernel counts CPU time, from the first event to the last.
What the event loop does between two calls, as to read a socket, may count for the next of them."""


async def measure(servers: Servers, scale: Scale) -> Section:
    rounds = [await _profile(servers, scale.drained) for _ in range(scale.rounds)]
    figures = [_figure(stage, [one[stage] for one in rounds]) for stage in STAGES]
    figures.append(_figure("total", [sum(one.values()) for one in rounds]))
    return Section(f"worker by stage, {scale.drained:,} events queued", figures, _NOTE)


def _figure(stage: str, rounds: Sequence[float]) -> Figure:
    measure = f"worker CPU µs/event: {stage}"
    return Figure(measure, OURS, "µs/event", tuple(rounds), is_cost=True)


async def _profile(servers: Servers, count: int) -> dict[str, float]:
    """Microseconds an event, by stage."""
    file = servers.directory / "stages.json"
    file.unlink(missing_ok=True)
    module = "tests.bench.profiled_worker"
    worker = Worker(OURS, (module, str(file)), has_geo_counter=True, is_quick=True)
    async with held(servers, worker, count) as those:
        pid = those.processes[0].pid or 0
        os.kill(pid, signal.SIGUSR1)
        await those.drain()
        os.kill(pid, signal.SIGUSR2)
        seconds: dict[str, float] = await eventually(lambda: asyncio.to_thread(_read, file))
    return {stage: spent / count * 1e6 for stage, spent in seconds.items()}


def _read(file: Path) -> dict[str, float]:
    return dict(json.loads(file.read_text())) if file.exists() else {}
