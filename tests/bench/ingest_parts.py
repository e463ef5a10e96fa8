"""The parts that are not about workers alone, by name."""

from collections.abc import Awaitable, Callable
from typing import Final

from tests.bench import end_to_end, ingest, neighbours, registry, startup
from tests.bench.figures import Section
from tests.bench.scale import Scale
from tests.bench.servers import Servers

Measure = Callable[[Servers, Scale], Awaitable[Section]]

PARTS: Final[dict[str, Measure]] = {
    "ingest": ingest.measure,
    "registry": registry.measure,
    "end-to-end": end_to_end.measure,
    "neighbours": neighbours.measure,
    "startup": startup.measure,
}
