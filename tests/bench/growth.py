"""What recording costs beside the rows of years: databases of several sizes in turn."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import asyncpg

from shared.database import Pool, new_pool
from shared.event import Event
from shared.settings import CatalogueMode
from tests.bench import backlog
from tests.bench.events import pushes
from tests.bench.figures import OURS, Aim, Figure, Section
from tests.bench.scale import Scale
from tests.bench.servers import Place, Servers
from tests.running import make_settings
from worker.recorder import Recorder

_EMPTY: Final = "empty"
_BATCH: Final = 500
_AT_ONCE: Final = 250_000
_LOAD_SECONDS: Final = 900.0
_LEAST: Final = 0.85
_NOTE: Final = """\
Transactions of 500 events by the worker's own recorder, each in every database in turn, so that the
machine's moods are everybody's. All rows are of this month, of one partition: months before it cost
nothing. empty: a database that has only what is recorded here. bytes: of tables and indexes, what
is recorded and, of one event in four, what is logged for sites."""

# As the registry's: nothing repeats but repositories, actors and nodes; a transaction's rows share
# the time of their record.
TRACKED: Final = """
INSERT INTO tracking_events (
    occurred_at, recorded_at, event_id, action, repository, container_repository_id, tag, digest,
    media_type, actor, source, request_id, request_host, request_method, user_agent
)
SELECT
    month + $3::float8 / $4 * (now() - month) + (number - $1) * interval '1 us',
    month + $3::float8 / $4 * (now() - month) + (number - $1) / 500 * interval '1 ms',
    gen_random_uuid(), 'push_repository', 'team-' || number % 5 || '/app-' || number % 50,
    number % 50, CASE WHEN number % 4 = 3 THEN 'v' || number END,
    'sha256:' || encode(sha256(number::text::bytea), 'hex'),
    'application/vnd.oci.image.manifest.v1+json', 'alice', 'registry-1:5000', gen_random_uuid(),
    'registry.example.com:5000', 'PUT', 'containerd/1.7.0'
FROM generate_series($1::bigint, $2::bigint - 1) AS number, date_trunc('month', now()) AS month
"""
LOGGED: Final = """
INSERT INTO geo_events (
    id, recorded_at, occurred_at, container_repository_id, event_id, action, tag, digest
)
SELECT
    number / 4 + 1, now(), now(), number % 50, gen_random_uuid(), 'push', 'v' || number,
    'sha256:' || encode(sha256(number::text::bytea), 'hex')
FROM generate_series($1::bigint, $2::bigint - 1, 4) AS number
"""
COUNTED: Final = "UPDATE geo_event_counter SET last_id = (SELECT max(id) FROM geo_events)"
BYTES: Final = "SELECT sum(pg_total_relation_size(partition_oid))::bigint FROM event_partitions"


@dataclass(frozen=True, slots=True)
class _Grown:
    """A database with so many rows, and the seconds that it took in each round."""

    rows: int
    pool: Pool
    bytes: int
    seconds: list[float] = field(default_factory=list)


async def measure(servers: Servers, scale: Scale) -> Section:
    async with AsyncExitStack() as stack:
        databases = [
            await stack.enter_async_context(_database(servers, rows)) for rows in (0, *scale.grown)
        ]
        await servers.rest()
        for _ in range(scale.rounds):
            await _round(databases, scale.drained)
    empty, *grown = databases
    figures = [figure for one in grown for figure in _figures(one, empty, scale.drained)]
    aims = [Aim(_measure(one.rows), _EMPTY, ratio=_LEAST) for one in grown]
    return Section("recording beside rows of before", figures, _NOTE, aims)


@asynccontextmanager
async def _database(servers: Servers, rows: int) -> AsyncIterator[_Grown]:
    async with servers.place() as place:
        await _load(place, rows)
        url = place.database_url
        settings = make_settings("amqp://unused", url)
        async with new_pool(settings, url=url, application="bench", size=1) as pool:
            yield _Grown(rows, pool, int(await backlog.query(url, BYTES)))


async def _load(place: Place, rows: int) -> None:
    connection = await asyncpg.connect(place.database_url)
    for first in range(0, rows, _AT_ONCE):
        until = min(first + _AT_ONCE, rows)
        await connection.execute(TRACKED, first, until, first, rows, timeout=_LOAD_SECONDS)
        await connection.execute(LOGGED, first, until, timeout=_LOAD_SECONDS)
    if rows:
        await connection.execute(COUNTED)
    await connection.execute("VACUUM (ANALYZE)", timeout=_LOAD_SECONDS)
    await connection.execute("CHECKPOINT", timeout=_LOAD_SECONDS)
    await connection.close()


async def _round(databases: Sequence[_Grown], events: int) -> None:
    recorders = [
        Recorder(one.pool, mode=CatalogueMode.REGISTER, geo_enabled=True) for one in databases
    ]
    seconds = [0.0] * len(databases)
    for batch in range(0, events, _BATCH):
        parsed = [Event.parse(text) for text in pushes(min(_BATCH, events - batch))]
        for turn in range(len(databases)):
            # Whoever comes first finds the processor at other work: so each does now and then.
            number = (batch // _BATCH + turn) % len(databases)
            started = time.perf_counter()
            await recorders[number].record(parsed)
            seconds[number] += time.perf_counter() - started
    for one, taken in zip(databases, seconds, strict=True):
        one.seconds.append(taken)


def _measure(rows: int) -> str:
    return f"{rows:,} rows: events/s"


def _figures(grown: _Grown, empty: _Grown, events: int) -> Sequence[Figure]:
    measure = _measure(grown.rows)
    rates = {OURS: grown, _EMPTY: empty}
    size = (grown.bytes / grown.rows,)
    return [
        *(
            Figure(measure, name, "events/s", tuple(events / taken for taken in one.seconds))
            for name, one in rates.items()
        ),
        Figure(f"{grown.rows:,} rows: bytes an event", OURS, "bytes", size, is_cost=True),
    ]
