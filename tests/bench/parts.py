"""What is measured, by name."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from tests.bench import (
    beside_others,
    by_stage,
    copying,
    end_to_end,
    growth,
    ingest,
    keep,
    long_queues,
    neighbours,
    pulls,
    reading,
    reconcile,
    registry,
    scaling,
    shards,
    startup,
    traces,
)
from tests.bench.figures import Section
from tests.bench.scale import Scale
from tests.bench.servers import Servers

Measure = Callable[[Servers, Scale], Awaitable[Section]]

PARTS: Final[Mapping[str, Measure]] = {
    "worker": beside_others.measure,
    "stages": by_stage.measure,
    "workers": scaling.measure,
    "shards": shards.measure,
    "growth": growth.measure,
    "queues": long_queues.measure,
    "ingest": ingest.measure,
    "keep": keep.measure,
    "traces": traces.measure,
    "registry": registry.measure,
    "end-to-end": end_to_end.measure,
    "neighbours": neighbours.measure,
    "pulls": pulls.measure,
    "reading": reading.measure,
    "copying": copying.measure,
    "reconcile": reconcile.measure,
    "startup": startup.measure,
}
