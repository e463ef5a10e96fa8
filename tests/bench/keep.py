"""What keeping all that is accepted costs ingest, and the broker."""

from typing import Final

from tests.bench import backlog
from tests.bench.cells import Cell, cell, figures
from tests.bench.figures import OURS, Figure, Section
from tests.bench.ingests import ours
from tests.bench.load import Load
from tests.bench.scale import Scale
from tests.bench.servers import Servers

_WITHOUT: Final = "without"
_NOTE: Final = """\
ours keeps each event in a stream (REGISTRY_EVENTS_KEEP), which is a second publish with a confirm
of its own; without it is the same ingest. The broker's CPU is that of both queues."""
_CASES: Final = {"64 kept": (64, 1), "16 kept, 50 events each": (16, 50)}


async def measure(servers: Servers, scale: Scale) -> Section:
    cells: dict[tuple[str, str], list[Cell]] = {}
    broker: dict[tuple[str, str], list[float]] = {}
    async with servers.place() as place:
        with ours(place, keep="7d") as keeping, ours(place) as without:
            for _ in range(scale.rounds):
                for case, (connections, events) in _CASES.items():
                    most = scale.cell_requests // events
                    load = Load(connections, False, scale.cell_seconds, most, events)
                    for name, target in ((OURS, keeping), (_WITHOUT, without)):
                        before = servers.cpu_seconds()["broker"]
                        seen = cell(target, load)
                        await backlog.purge(place.amqp_url)
                        await servers.rest()
                        spent = servers.cpu_seconds()["broker"] - before
                        cells.setdefault((case, name), []).append(seen)
                        each = spent / (seen.seen.answered * events) * 1e6
                        broker.setdefault((case, name), []).append(each)
    found = [one for (case, name), some in cells.items() for one in figures(case, name, some)]
    found += [
        Figure(f"{case}: broker CPU µs/event", name, "µs", tuple(some), is_cost=True)
        for (case, name), some in broker.items()
    ]
    return Section("ingest, keeping what it accepts", found, _NOTE)
