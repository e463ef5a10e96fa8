"""How fast ingest answers, beside the same HTTP server that does nothing."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from statistics import median
from typing import Final

from console.local.handshakes import port_opens
from console.local.loopback import answers
from console.local.ports import LOOPBACK, free_port
from tests.bench import backlog, cost
from tests.bench.load import Load, Seen
from tests.bench.scale import Scale
from tests.bench.servers import Place, Servers
from tests.bench.table import Row, Section, compared

_NOTE: Final = """\
ingest: notifications of one event of about 1 kB, on kept connections or a new one for each; the
bare server reads the body and answers."""
_READY_SECONDS: Final = 30.0
_GRACE: Final = 30.0
_CONNECTIONS: Final = (1, 16, 64)


@dataclass(frozen=True, slots=True)
class Target:
    """A server; `pid` is whose CPU counts."""

    port: int
    pid: int


@dataclass(frozen=True, slots=True)
class Cell:
    """`cpu`: the server's seconds a request."""

    seen: Seen
    cpu: float


async def measure(servers: Servers, scale: Scale) -> Section:
    async with servers.place() as place:
        with ours(place) as ingest, _bare(place) as bare:
            rows = []
            for fresh in (False, True):
                for connections in _CONNECTIONS:
                    load = Load(0, connections, fresh, scale.cell_seconds, scale.cell_requests)
                    cells = await _cells(place, scale.rounds, (ingest, bare), load)
                    rows += _rows(load, *cells)
    return Section("ingest, connections", "bare aiohttp", rows, _NOTE)


async def _cells(
    place: Place, rounds: int, targets: tuple[Target, Target], load: Load
) -> list[list[Cell]]:
    cells: list[list[Cell]] = [[] for _ in targets]
    for _ in range(rounds):
        for target, some in zip(targets, cells, strict=True):
            some.append(_cell(target, load))
            await backlog.purge(place.amqp_url)
    return cells


def _cell(target: Target, load: Load) -> Cell:
    before = cost.cpu_seconds(target.pid)
    wanted = json.dumps({**asdict(load), "port": target.port})
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load", wanted],
        stdout=subprocess.PIPE,
        check=True,
        timeout=load.seconds + _GRACE,
    )
    seen = Seen(**json.loads(done.stdout))
    return Cell(seen, (cost.cpu_seconds(target.pid) - before) / seen.answered)


def _rows(load: Load, ours: list[Cell], bare: list[Cell]) -> list[Row]:
    def of(measure: Callable[[Cell], float]) -> tuple[float, float]:
        return median(map(measure, ours)), median(map(measure, bare))

    p50, p99 = of(lambda cell: cell.seen.p50), of(lambda cell: cell.seen.p99)
    latencies = [f"{half:.2f} / {most:.2f}" for half, most in zip(p50, p99, strict=True)]
    refused = sum(cell.seen.refused for cell in (*ours, *bare))
    name = f"{load.connections} {'new' if load.fresh else 'kept'}"
    return [
        compared(
            f"{name}: requests/s",
            *of(lambda cell: cell.seen.per_second),
            aim=f"{refused} not 200" if refused else "",
        ),
        Row("  p50 / p99 ms", latencies[0], latencies[1]),
        compared("  server CPU µs/request", *of(lambda cell: cell.cpu * 1e6), is_cost=True),
    ]


@contextmanager
def ours(place: Place) -> Iterator[Target]:
    """An ingest that is ready."""
    port = free_port()
    listen = f"{LOOPBACK}:{port}"
    with place.running("console", "ingest", REGISTRY_EVENTS_INGEST_LISTEN=listen) as process:
        process.wait_until(partial(answers, port, "/health/ready"), seconds=_READY_SECONDS)
        yield Target(port, process.pid or 0)


@contextmanager
def _bare(place: Place) -> Iterator[Target]:
    port = free_port()
    with place.running("tests.bench.bare_ingest", f"{LOOPBACK}:{port}") as process:
        process.wait_until(partial(port_opens, port), seconds=_READY_SECONDS)
        yield Target(port, process.pid or 0)
