"""A database of before becomes partitioned as it stands, with all that it has."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from msgspec.structs import replace

from shared.database import Pool, new_pool
from shared.migrate import migrate, shipped
from shared.origin import Origin
from tests.partitions import WHERE_LOGGED, at, made, places, recorder
from tests.running import make_settings

NOW = datetime.now(UTC).replace(microsecond=123_456)
HARBOR = Origin("prod-harbor", "harbor", "manifest", "derived", "header")
# The last version without partitions.
BEFORE = 9
TRACKED = """
INSERT INTO tracking_events (event_id, action, repository, tag, media_type, actor, source,
    request_id, request_host, request_method, user_agent, digest, occurred_at, recorded_at,
    registry_source, registry, kind, id_from, time_from)
VALUES ($1, 'push_tag', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
    $14, $15, $16, $17, $18)
"""
LOGGED = """
INSERT INTO geo_events (id, event_id, container_repository_id, action, occurred_at, recorded_at)
VALUES ($1, $2, 7, 'push', $3, $3)
"""
FILES = """
SELECT relfilenode FROM pg_class
WHERE relkind = 'r' AND relname ~ '^(tracking|geo)_events(_before.*)?$' ORDER BY 1
"""
ABSURD = ("0001-01-02T00:00:00Z", "9999-06-01T00:00:00Z")
EVENTS = (
    at(NOW),
    at(NOW - timedelta(days=100)),
    replace(at(NOW), origin=HARBOR),
    *map(at, ABSURD),
)


@pytest.fixture
async def before(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
    """A connection to a database of the last version before."""
    connection = await asyncpg.connect(empty_database_url)
    with monkeypatch.context() as earlier:
        old = [one for one in shipped() if one.version <= BEFORE]
        earlier.setattr("shared.migrate.shipped", lambda: old)
        await migrate(connection)
    yield connection
    await connection.close()


@pytest.fixture
async def pool(empty_database_url: str) -> AsyncIterator[Pool]:
    settings = make_settings("amqp://unused", empty_database_url)
    async with new_pool(settings, url=empty_database_url, application="test") as opened:
        yield opened


async def fill(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    for number, event in enumerate(EVENTS, start=1):
        origin = event.origin
        told = (origin.registry, origin.kind, origin.id_from, origin.time_from)
        await connection.execute(
            TRACKED, event.id, event.repository, event.tag, event.media_type, event.actor,
            event.node, event.request_id, event.request_host, event.request_method,
            event.user_agent, event.digest, event.timestamp, NOW, origin.source,
            *(told if origin == HARBOR else [None] * 4),
        )  # fmt: skip
        recorded_at = NOW - timedelta(days=31 * (len(EVENTS) - number))
        await connection.execute(LOGGED, number, event.id, recorded_at)
    await connection.execute("UPDATE geo_event_counter SET last_id = $1", len(EVENTS))


async def test_all_rows_stay_where_they_are_but_those_of_absurd_clocks(
    before: "asyncpg.Connection[asyncpg.Record]", pool: Pool
) -> None:
    await fill(before)
    columns = "event_id, action, repository, tag, user_agent, occurred_at, recorded_at, time_from"
    query = f"SELECT {columns} FROM tracking_events ORDER BY event_id"  # noqa: S608  constants
    rows, files = await before.fetch(query), await before.fetch(FILES)
    await migrate(before)
    assert await before.fetch(query) == rows
    assert await before.fetch(FILES) == files, "a table was rewritten"
    whole = f"{NOW.replace(day=1) + timedelta(days=32):%Y_%m}"
    assert await places(pool) == {
        f"tracking_events_before_{whole}": 3,
        "tracking_events_default": 2,
    }
    assert await places(pool, WHERE_LOGGED) == {f"geo_events_before_{whole}": len(EVENTS)}
    assert len(await made(pool, NOW)) == 2 * 2


async def test_what_was_recorded_before_is_not_recorded_again(
    before: "asyncpg.Connection[asyncpg.Record]", pool: Pool
) -> None:
    await fill(before)
    await migrate(before)
    outcome = await recorder(pool).record([*EVENTS, at(NOW)])
    assert (len(outcome.fresh), outcome.duplicates) == (1, len(EVENTS))
    assert (outcome.expired, list(outcome.conflicts)) == (0, [])
    ids = await pool.fetch("SELECT id FROM geo_events WHERE id > 2 ORDER BY id")
    assert [row["id"] for row in ids] == [3, 4, 5, 6]


async def test_of_absurd_clocks_alone_all_goes_to_the_default_partition(
    before: "asyncpg.Connection[asyncpg.Record]", pool: Pool
) -> None:
    insert = """
    INSERT INTO tracking_events (event_id, action, repository, occurred_at)
    VALUES ('x', 'push_tag', 'a/b', '1970-01-01 00:00:00+00')
    """
    await before.execute(insert)
    await migrate(before)
    assert await places(pool) == {"tracking_events_default": 1}
    assert await pool.fetchval("SELECT to_regclass('tracking_events_before')") is None


async def test_an_empty_database_has_no_partition_of_before(
    before: "asyncpg.Connection[asyncpg.Record]", pool: Pool
) -> None:
    await migrate(before)
    partitions = await pool.fetch("SELECT partition FROM event_partitions ORDER BY 1")
    assert [row["partition"] for row in partitions] == [
        "geo_events_default",
        "tracking_events_default",
    ]
