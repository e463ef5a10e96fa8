"""The parts that are about a worker's throughput, by name."""

from collections.abc import Awaitable, Callable
from typing import Final

from tests.bench import drain
from tests.bench.figures import Section
from tests.bench.scale import Scale
from tests.bench.servers import Servers

Measure = Callable[[Servers, Scale], Awaitable[Section]]

PARTS: Final[dict[str, Measure]] = {"worker": drain.measure}
