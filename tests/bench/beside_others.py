"""One worker process of each kind."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from console.local.report import to_stderr
from tests.bench.drain import Drained, drained
from tests.bench.figures import Aim, Figure, Section
from tests.bench.plain_worker import PREFETCH
from tests.bench.scale import Scale
from tests.bench.servers import Servers
from tests.bench.workers import FRAMEWORKS, MINIMAL, PGQUEUER, PLAIN, WORKERS, Worker

_RATE: Final = "events/s"
_FAMILIES: Final = ("worker", "Postgres", "broker")
_AIMS: Final = (
    Aim(_RATE, PLAIN.name, ratio=9),
    Aim(_RATE, MINIMAL.name, ratio=0.7),
    *(Aim(_RATE, one.name, ratio=10) for one in FRAMEWORKS),
    Aim(_RATE, PGQUEUER.name, ratio=5),
)
_NOTE: Final = f"""\
One process each, on a quorum queue (Dramatiq: classic, PgQueuer: a table) that was filled before.
All write the same rows. minimal: AMQP by hand, batches of 500, and nothing of what else a worker is
for. The others make a transaction of each event: plain, taskiq and FastStream with prefetch
{PREFETCH}, Celery and Dramatiq with 8 threads.
events/s: recorded between the starts of the first and of the last transaction, Postgres' clock.
CPU: user and system time of the process families, from the first event until all is idle."""


async def measure(servers: Servers, scale: Scale) -> Section:
    workers = [one for one in WORKERS if one.is_installed]
    results: dict[Worker, list[Drained]] = {one: [] for one in workers}
    for _ in range(scale.rounds):
        for worker in workers:
            to_stderr(f"  {worker.name} ...")
            count = scale.drained if worker.is_quick else scale.drained_slowly
            results[worker].append(await drained(servers, worker, count))
    title = f"worker, {scale.drained:,} or {scale.drained_slowly:,} events queued"
    return Section(title, list(_figures(results)), _note(workers), _AIMS)


def _note(workers: Sequence[Worker]) -> str:
    absent = ", ".join(one.name for one in WORKERS if one not in workers)
    return f"{_NOTE}\nLeft out, as not installed (make bench does): {absent}." if absent else _NOTE


def _figures(results: Mapping[Worker, Sequence[Drained]]) -> Iterator[Figure]:
    for worker, rounds in results.items():
        yield Figure(_RATE, worker.name, "events/s", tuple(one.per_second for one in rounds))
    for name, families in {**{one: (one,) for one in _FAMILIES}, "total": _FAMILIES}.items():
        for worker, rounds in results.items():
            yield _cost(f"{name} CPU µs/event", worker, rounds, families)


def _cost(
    measure: str, worker: Worker, rounds: Sequence[Drained], families: Sequence[str]
) -> Figure:
    micros = tuple(sum(one.cpu[family] for family in families) * 1e6 for one in rounds)
    return Figure(measure, worker.name, "µs/event", micros, is_cost=True)
