"""What traces cost ingest: without, one notification in a hundred, and all of them."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Final

from console.local.network.ports import LOOPBACK
from tests.bench import backlog
from tests.bench.cells import Cell, cell, figures
from tests.bench.figures import OURS, Section
from tests.bench.ingests import BARE, Target, ours, started
from tests.bench.load import Load
from tests.bench.scale import Scale
from tests.bench.servers import Place, Servers

_ALL: Final = "all traced"
_NOTE: Final = """\
one notification in a hundred is traced by ours (OTEL_TRACES_SAMPLER_ARG=0.01); without traces it is
the same ingest. The collector reads what comes, and shares the machine."""
_CASES: Final = {"64 kept": (64, 1), "16 kept, 50 events each": (16, 50)}
_SHARES: Final = {OURS: "0.01", _ALL: "1"}


async def measure(servers: Servers, scale: Scale) -> Section:
    cells: dict[tuple[str, str], list[Cell]] = {}
    async with servers.place() as place:
        with _targets(place) as targets:
            for _ in range(scale.rounds):
                for case, (connections, events) in _CASES.items():
                    most = scale.cell_requests // events
                    load = Load(connections, False, scale.cell_seconds, most, events)
                    for name, target in targets.items():
                        cells.setdefault((case, name), []).append(cell(target, load))
                        await backlog.purge(place.amqp_url)
                        await servers.rest()
    found = [one for (case, name), some in cells.items() for one in figures(case, name, some)]
    return Section("ingest, tracing what it takes", found, _NOTE)


@contextmanager
def _targets(place: Place) -> Iterator[Mapping[str, Target]]:
    with ExitStack() as stack:
        collector = stack.enter_context(started(place, BARE))
        url = f"http://{LOOPBACK}:{collector.port}/notifications"
        targets = {}
        for name, share in _SHARES.items():
            environment = {
                "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": url,
                "OTEL_TRACES_SAMPLER": "parentbased_traceidratio",
                "OTEL_TRACES_SAMPLER_ARG": share,
            }
            targets[name] = stack.enter_context(ours(place, environment, traces=True))
        yield {**targets, "without": stack.enter_context(ours(place))}
