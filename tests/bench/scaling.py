"""Several of our workers on one queue."""

from typing import Final

from tests.bench.drain import held
from tests.bench.figures import OURS, Figure, Section
from tests.bench.scale import Scale
from tests.bench.servers import Servers
from tests.bench.workers import OUR_WORKER

_WORKERS: Final = (1, 2, 4)
_NOTE: Final = """\
All of them together, let go at one moment. Where they, the broker and the database share the cores
of one machine, there is no more to win than the cores that one worker leaves idle."""


async def measure(servers: Servers, scale: Scale) -> Section:
    rates: dict[int, list[float]] = {workers: [] for workers in _WORKERS}
    for _ in range(scale.rounds):
        for workers, seen in rates.items():
            async with held(servers, OUR_WORKER, scale.drained, workers=workers) as those:
                seen.append(await those.drain())
    figures = [
        Figure(f"workers, events/s: {workers}", OURS, "events/s", tuple(seen))
        for workers, seen in rates.items()
    ]
    return Section(f"workers on one queue, {scale.drained:,} events queued", figures, _NOTE)
