"""How fast ingest answers, beside others that do the same, less, or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tests.bench import backlog, ingests
from tests.bench.cells import Cell, cell, figures
from tests.bench.figures import Aim, Figure, Section
from tests.bench.ingests import Target
from tests.bench.load import Load
from tests.bench.scale import Scale
from tests.bench.servers import Servers

_NOTE: Final = """\
ingest: events of about 1 kB, on kept connections or a new one for each request; 200 is the answer
once the broker has confirmed every event, on a quorum queue. Bare aiohttp reads the body, publishes
nothing and asks for no token; the minimal protocol (msgspec, AMQP by hand, no reconnect, no
returned messages, no dead letters) is the ceiling."""


@dataclass(frozen=True, slots=True)
class _Case:
    connections: int
    fresh: bool
    events: int = 1

    def __str__(self) -> str:
        many = f", {self.events} events each" if self.events > 1 else ""
        return f"{self.connections} {'new' if self.fresh else 'kept'}{many}"


_CASES: Final = (
    *(_Case(connections, fresh) for fresh in (False, True) for connections in (1, 16, 64)),
    _Case(16, fresh=False, events=50),
)
# Beside bare aiohttp of CPU as well, which says little of what else the machine does. Beside the
# minimal protocol it would say nothing of requests a second: there the broker is the limit.
_AIMS: Final = (
    Aim("64 kept: requests/s", ingests.BARE.name, ratio=0.4),
    Aim("64 kept: server CPU µs/request", ingests.BARE.name, ratio=0.4),
    Aim("64 new: requests/s", ingests.BARE.name, ratio=0.6),
    Aim("64 new: server CPU µs/request", ingests.BARE.name, ratio=0.6),
    Aim("16 kept, 50 events each: requests/s", ingests.MINIMAL.name, ratio=0.65),
)


async def measure(servers: Servers, scale: Scale) -> Section:
    cells: dict[tuple[_Case, str], list[Cell]] = {}
    async with servers.place() as place:
        with ingests.all_of_them(place) as targets:
            for _ in range(scale.rounds):
                for case in _CASES:
                    load = _load(case, scale)
                    for name in _contenders(case, targets):
                        target = targets[name]
                        cells.setdefault((case, name), []).append(cell(target, load))
                        await backlog.purge(place.amqp_url)
                        await servers.rest()
    return Section("ingest", _figures(cells), _NOTE + ingests.left_out(), _AIMS)


def _contenders(case: _Case, targets: Mapping[str, Target]) -> list[str]:
    """Who publishes nothing has nothing to do with many events."""
    return [name for name in targets if case.events == 1 or name != ingests.BARE.name]


def _load(case: _Case, scale: Scale) -> Load:
    most = scale.cell_requests // case.events
    return Load(case.connections, case.fresh, scale.cell_seconds, most, case.events)


def _figures(cells: dict[tuple[_Case, str], list[Cell]]) -> list[Figure]:
    return [one for (case, name), some in cells.items() for one in figures(str(case), name, some)]
