"""How long the console's pages about what is recorded take, with years of it."""

import time
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import urlencode

import asyncpg

from shared import rollup
from tests.bench.figures import OURS, Aim, Figure, Section
from tests.bench.scale import Scale
from tests.bench.servers import Servers
from tests.consoles import Visitor, running_console

_REPOSITORIES: Final = 2_000
_DAYS: Final = 90
_ROUNDS: Final = 5
# Milliseconds that nobody notices.
_MOST: Final = 300.0
_LOAD_DEADLINE: Final = 3_600.0

MONTHS: Final = f"""
SELECT make_partition('tracking_events', month, month + interval '1 month')
FROM generate_series(
    date_trunc('month', now() - interval '{_DAYS} days'), now(), interval '1 month'
) AS month
"""  # noqa: S608  our own number
# Some repositories and actors have much of it and most have little: a number of chance squared.
LOAD: Final = f"""
INSERT INTO tracking_events (
    occurred_at, recorded_at, event_id, action, repository, tag, digest, media_type, actor, source,
    request_id, request_host, request_method, user_agent
)
SELECT happened, happened + interval '200 ms', gen_random_uuid()::text,
    CASE WHEN chance < 0.6 THEN 'push_tag' WHEN chance < 0.85 THEN 'push_repository'
        WHEN chance < 0.998 THEN 'delete_tag' ELSE 'create_repository' END,
    'team-' || name % 100 || '/service-' || name, 'v1.' || number % 1000,
    'sha256:' || encode(sha256(int8send(number / 3)), 'hex'),
    'application/vnd.docker.distribution.manifest.v2+json',
    'user-' || floor(300 * power(random(), 2)), 'registry-1:5000', gen_random_uuid()::text,
    'registry.example', 'PUT', 'docker/24.0.5 go/go1.20.6'
FROM (
    SELECT number, random() AS chance, floor({_REPOSITORIES} * power(random(), 2))::int AS name,
        now() - interval '{_DAYS} days' * (1 - number / $1::float8) AS happened
    FROM generate_series(1, $1::bigint) AS number
) AS numbered
"""  # noqa: S608  our own numbers
OLD: Final = """
SELECT event_id, occurred_at, digest, repository FROM tracking_events
WHERE occurred_at > now() - interval '80 days' AND tag IS NOT NULL ORDER BY occurred_at LIMIT 1
"""


async def measure(servers: Servers, scale: Scale) -> Section:
    async with servers.place() as place:
        old = await _load(place.database_url, scale.grown[-1])
        await servers.rest()
        async with running_console(place.amqp_url, place.database_url) as visitor:
            rounds = {name: await _took(visitor, path) for name, path in _pages(old)}
    figures = [Figure(name, OURS, "ms", took, is_cost=True) for name, took in rounds.items()]
    aims = [Aim(one.measure, limit=_MOST) for one in figures]
    return Section(f"a page, ms, with {scale.grown[-1]:,} events recorded", figures, _NOTE, aims)


_NOTE: Final = f"""\
{_REPOSITORIES:,} repositories over {_DAYS} days. The median of {_ROUNDS} GETs each, one after the
other, the first of them too."""


async def _load(database_url: str, count: int) -> Mapping[str, object]:
    """Gives an old event."""
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute(MONTHS)
        await connection.execute(LOAD, count, timeout=_LOAD_DEADLINE)
        await connection.execute("VACUUM ANALYZE tracking_events", timeout=_LOAD_DEADLINE)
        async with asyncpg.create_pool(database_url, min_size=1, max_size=2) as pool:
            await rollup.refresh(pool)
        await connection.execute("VACUUM ANALYZE", timeout=_LOAD_DEADLINE)
        old = await connection.fetchrow(OLD)
    finally:
        await connection.close()
    return dict(old or {})


def _pages(old: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """What is shown, and where."""
    queries: Mapping[str, Mapping[str, object]] = {
        "the newest": {},
        "of a busy repository": {"repository": "team-0/service-0"},
        "of a quiet repository": {"repository": "team-99/service-1999"},
        "of a busy repository, by a tag": {"repository": "team-0/service-0", "tag": "v1.7"},
        "of a team": {"repository": "team-42/*"},
        "of a name in all teams": {"repository": "*/service-77"},
        "of no repository": {"repository": "*nothing*"},
        "by an old digest": {"digest": old["digest"]},
        "by no digest": {"digest": "sha256:00"},
        "by a busy actor": {"actor": "user-0"},
        "by nobody": {"actor": "nobody"},
        "of an action": {"action": "create_repository"},
        "by no tag": {"tag": "nothing"},
        "of two months ago": {"until": "60d"},
    }
    for name, query in queries.items():
        yield f"events: {name}", f"/events?{urlencode(query)}"
    one = {"id": old["event_id"]}
    yield "one event: by its id", f"/events/show?{urlencode(one)}"
    yield "one event: by its link", f"/events/show?{urlencode({**one, 'at': old['occurred_at']})}"
    for number in (0, 1_999):
        path = {"path": f"team-{number % 100}/service-{number}"}
        yield f"a repository: service-{number}", f"/events/repository?{urlencode(path)}"
    for period in ("24h", "7d", "90d"):
        yield f"statistics: {period}", f"/statistics?period={period}"


async def _took(visitor: Visitor, path: str) -> tuple[float, ...]:
    took = []
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        page = await visitor.get(path)
        took.append((time.perf_counter() - started) * 1000)
        assert page.status == 200, f"{path}: {page.text}"
    return tuple(took)
