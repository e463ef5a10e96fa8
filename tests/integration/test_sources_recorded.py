"""Registries beside each other: a path names a repository only within its source."""

import asyncio
import hashlib
import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
from msgspec.structs import replace

from shared.database import Pool, as_json, new_pool
from shared.event import Event
from shared.migrate import migrate, shipped
from shared.origin import DEFAULT, Origin
from shared.settings import CatalogueMode
from shared.tracking import CATEGORY
from tests.factories import DIGEST, LAYER, MANIFEST, make_event
from tests.running import make_settings
from worker.failures import is_outage
from worker.recorder import Recorder
from worker.tables.tracking_events import row
from worker.verdicts import Catalogue, judge

PATH = "library/nginx"
HARBOR = Origin("prod-harbor", "harbor", "manifest", "derived", "header")
SOURCES = (DEFAULT, HARBOR, Origin("other-harbor", "harbor"), Origin("lab"))
# As a worker of before has them.
FIND_BEFORE = (
    "SELECT id, path, creation_pending FROM container_repositories WHERE path = ANY($1::text[])"
)
REGISTER_BEFORE = """
INSERT INTO container_repositories (path, creation_pending)
SELECT path, true FROM unnest($1::text[]) AS path
ON CONFLICT (path) DO NOTHING
"""
INSERT_BEFORE = """
INSERT INTO tracking_events (
    event_id, action, repository, container_repository_id, request_host, tag, digest, media_type,
    actor, source, request_id, request_method, user_agent, occurred_at, category
)
SELECT event.*, $2::text FROM json_to_recordset($1::json) AS event (
    event_id text, action text, repository text, container_repository_id bigint,
    request_host text, tag text, digest text, media_type text, actor text, source text,
    request_id text, request_method text, user_agent text, occurred_at timestamptz
)
ON CONFLICT (event_id) DO NOTHING
RETURNING event_id
"""
CONFLICT_BEFORE = """
INSERT INTO conflicting_events (
    event_id, content, action, repository, tag, digest, source, occurred_at
)
VALUES ('1', '', 'push', 'a', NULL, NULL, NULL, now())
"""
REPOSITORIES = "SELECT source, path, creation_pending FROM container_repositories"


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    settings = make_settings("amqp://unused", database_url)
    async with new_pool(settings, url=database_url, application="test", size=20) as opened:
        yield opened


def event(origin: Origin = DEFAULT, path: str = PATH, **changes: Any) -> Event:
    return replace(Event.parse(json.dumps(make_event(repository=path, **changes))), origin=origin)


def recorder(pool: Pool, mode: CatalogueMode = CatalogueMode.REGISTER) -> Recorder:
    return Recorder(pool, mode=mode, geo_enabled=True)


async def creations(pool: Pool) -> Counter[tuple[str, str]]:
    rows = await pool.fetch(
        "SELECT registry_source, repository FROM tracking_events WHERE action = 'create_repository'"
    )
    return Counter(map(tuple, rows))


async def test_one_path_of_several_sources_is_several_repositories(pool: Pool) -> None:
    events = [event(origin) for origin in SOURCES]
    recorded = await recorder(pool).record(events)
    rows = {row["source"]: row for row in await pool.fetch("SELECT * FROM container_repositories")}
    assert rows.keys() == {origin.source for origin in SOURCES}
    assert {row["path"] for row in rows.values()} == {PATH}
    assert await creations(pool) == {(origin.source, PATH): 1 for origin in SOURCES}
    ids = {one.event.origin.source: one.container_repository_id for one in recorded.fresh}
    assert ids == {source: row["id"] for source, row in rows.items()}
    assert len(set(ids.values())) == len(SOURCES)
    geo = await pool.fetch("SELECT container_repository_id FROM geo_events ORDER BY id")
    assert [row[0] for row in geo] == [ids[origin.source] for origin in SOURCES]


@pytest.mark.parametrize("seed", range(4))
async def test_in_any_order_and_beside_each_other_each_is_created_once(
    pool: Pool, seed: int
) -> None:
    events = [
        event(origin, f"team/{number % 10}", action=action)
        for origin in SOURCES
        for number in range(40)
        for action in ("push", "delete")
    ]
    random.Random(seed).shuffle(events)  # noqa: S311  an order, no secret
    batches = [events[start::16] for start in range(16)]
    attempts = [*batches, *([*reversed(batch)] for batch in batches)]
    await asyncio.gather(*(recorder(pool).record(batch) for batch in attempts))
    keys = {(origin.source, f"team/{number}") for origin in SOURCES for number in range(10)}
    assert await creations(pool) == dict.fromkeys(keys, 1)
    rows = await pool.fetch(REPOSITORIES)
    assert Counter(map(tuple, rows)) == {(*key, False): 1 for key in keys}


async def test_a_row_tells_the_origin_and_nothing_where_it_is_todays(pool: Pool) -> None:
    told = [event(HARBOR), event(), event(Origin("lab"))]
    await recorder(pool).record(told)
    columns = "registry_source, registry, kind, id_from, time_from"
    query = f"SELECT {columns} FROM tracking_events WHERE event_id = $1"  # noqa: S608  no value
    rows = [await pool.fetchrow(query, one.id) for one in told]
    assert [tuple(row or ()) for row in rows] == [
        ("prod-harbor", "harbor", "manifest", "derived", "header"),
        ("default", None, None, None, None),
        ("lab", None, None, None, None),
    ]


async def test_the_kind_decides_what_a_replica_hears(pool: Pool) -> None:
    blob = event(replace(HARBOR, kind="blob"), target={"mediaType": MANIFEST})
    manifest = event(HARBOR, target={"mediaType": LAYER})
    await recorder(pool).record([blob, manifest])
    assert [row["event_id"] for row in await pool.fetch("SELECT * FROM geo_events")] == [
        manifest.id
    ]


async def test_the_same_id_of_another_source_is_seen(pool: Pool) -> None:
    first = event(target={"tag": "v1"})
    other = replace(first, origin=replace(HARBOR, id_from="header"))
    at_once = await recorder(pool).record([first, other, first])
    again = [await recorder(pool).record([one]) for one in (first, other)]
    assert [one.event for one in at_once.conflicts] == [other]
    assert [len(one.conflicts) for one in again] == [0, 1]
    (kept,) = await pool.fetch("SELECT * FROM conflicting_events")
    assert (kept["event_id"], kept["registry_source"]) == (first.id, "prod-harbor")


async def test_what_conflicts_without_an_origin_is_known_by_the_digest_of_before(
    pool: Pool,
) -> None:
    first = event(target={"tag": "v1"})
    other = replace(first, tag="v2")
    await recorder(pool).record([first, other])
    content = (
        other.action, PATH, "v2", DIGEST, other.media_type, other.actor, other.node,
        other.request_id, other.request_method, other.user_agent, other.timestamp,
    )  # fmt: skip
    expected = hashlib.blake2b(repr(content).encode(), digest_size=16).digest()
    assert await pool.fetchval("SELECT content FROM conflicting_events") == expected


async def test_rows_that_the_platform_owns_are_of_the_default_source(pool: Pool) -> None:
    await pool.execute("INSERT INTO container_repositories (path) VALUES ($1)", PATH)
    recorded = await recorder(pool, CatalogueMode.LOOKUP).record([event(), event(HARBOR)])
    assert [verdict.tracking_action for verdict in recorded.fresh] == [
        "push_repository",
        "create_repository",
    ]
    assert [bool(verdict.container_repository_id) for verdict in recorded.fresh] == [True, False]
    assert len(await pool.fetch(REPOSITORIES)) == 1


@pytest.mark.parametrize(
    ("table", "source"),
    [("container_repositories", "lab"), ("other_container_repositories", "default")],
)
async def test_no_row_stands_in_the_table_of_others(pool: Pool, table: str, source: str) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await pool.execute(
            f"INSERT INTO {table} (source, path) VALUES ($1, $2)",  # noqa: S608  one of two
            source,
            PATH,
        )


def row_before(one: Event) -> str:
    (verdict,) = judge([one], Catalogue({("default", one.repository): 7}))
    return as_json([row(verdict)])


async def test_workers_of_before_hold_what_they_have_and_register_what_they_may(
    pool: Pool,
) -> None:
    await recorder(pool).record([event(HARBOR), event(path="team/known")])
    paths = [PATH, "team/known", "team/new"]
    for _ in range(2):
        await pool.execute(REGISTER_BEFORE, paths)
    with pytest.raises(asyncpg.InvalidColumnReferenceError) as raised:
        await pool.fetch(INSERT_BEFORE, row_before(event()), CATEGORY)
    assert is_outage(raised.value)
    await pool.execute(CONFLICT_BEFORE)
    assert Counter(map(tuple, await pool.fetch(REPOSITORIES))) == {
        ("default", PATH, True): 1,
        ("default", "team/known", False): 1,
        ("default", "team/new", True): 1,
        ("prod-harbor", PATH, False): 1,
    }
    assert {one["path"] for one in await pool.fetch(FIND_BEFORE, paths)} == {*paths}


async def test_old_and_new_workers_beside_each_other_register_each_path_once(pool: Pool) -> None:
    paths = [f"team/{number}" for number in range(50)]

    async def before(order: Sequence[str]) -> None:
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute(REGISTER_BEFORE, sorted(order))

    now = [[event(origin, path) for path in paths] for origin in (*SOURCES, DEFAULT, HARBOR)]
    await asyncio.gather(*(before(paths) for _ in range(4)), *map(recorder(pool).record, now))
    rows = Counter((row["source"], row["path"]) for row in await pool.fetch(REPOSITORIES))
    assert rows == {(origin.source, path): 1 for origin in SOURCES for path in paths}


async def test_rows_of_before_are_of_the_default_source(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = await asyncpg.connect(empty_database_url)
    with monkeypatch.context() as before:
        before.setattr("shared.migrate.shipped", lambda: shipped()[:8])
        await migrate(connection)
    await connection.execute("INSERT INTO container_repositories (path) VALUES ('library/nginx')")
    old = event(timestamp=datetime.now(UTC).isoformat())
    await connection.fetch(INSERT_BEFORE, row_before(old), CATEGORY)
    files = await connection.fetch(FILES)
    await migrate(connection)
    assert await connection.fetch(FILES) == files, "a table was rewritten"
    assert await connection.fetchval("SELECT source FROM container_repositories") == "default"
    assert await connection.fetchval("SELECT registry_source FROM tracking_events") == "default"
    await connection.close()


FILES = """
SELECT relname ~ '^tracking', relfilenode FROM pg_class
WHERE relkind = 'r' AND (
    relname IN ('container_repositories', 'conflicting_events', 'tracking_events')
    OR relname LIKE 'tracking_events_before_%'
)
ORDER BY relfilenode
"""
