"""The three statements on a real database: every column, every text, and many at once."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from shared.database import Pool, new_pool
from shared.event import Event
from shared.settings import CatalogueMode
from tests.factories import make_event
from tests.running import make_settings
from worker.recorder import Recorder

REGISTER, LOOKUP = CatalogueMode.REGISTER, CatalogueMode.LOOKUP


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    settings = make_settings("amqp://unused", database_url)
    async with new_pool(settings, url=database_url, application="test", size=20) as opened:
        yield opened


def parse(*events: dict[str, Any]) -> list[Event]:
    return [Event.parse(json.dumps(event)) for event in events]


def recorder(pool: Pool, mode: CatalogueMode = REGISTER, *, geo: bool = True) -> Recorder:
    return Recorder(pool, mode=mode, geo_enabled=geo)


async def test_every_column_of_a_row(pool: Pool) -> None:
    event = make_event(target={"tag": "v1"}, timestamp="2026-11-23T23:52:37.083603153+01:00")
    await recorder(pool).record(parse(event))
    row = await pool.fetchrow("SELECT * FROM tracking_events")
    repository_id = await pool.fetchval("SELECT id FROM container_repositories")
    assert row
    assert row["category"] == "container_registry:notification"
    assert (row["repository"], row["container_repository_id"]) == ("team/app", repository_id)
    assert (row["tag"], row["digest"]) == ("v1", event["target"]["digest"])
    assert row["media_type"] == event["target"]["mediaType"]
    assert (row["actor"], row["source"]) == ("alice", "registry-1:5000")
    assert (row["request_id"], row["request_method"]) == (event["request"]["id"], "PUT")
    assert row["request_host"] == "registry.example"
    assert row["user_agent"] == "skopeo/1.9.3"
    assert row["occurred_at"].isoformat() == "2026-11-23T22:52:37.083603+00:00"


async def test_any_text_comes_into_its_column_as_it_is(pool: Pool) -> None:
    texts = [
        "NULL",
        "{a,NULL}",
        '"\\',
        "\x1f\x1e\n\t",
        "\u2028\u00e9\U0001f600",
        " ",
        "",
        "\x00\udcff",
    ]
    events = [
        make_event(target={"digest": text.replace("\x00\udcff", "x")}, actor={"name": text})
        for text in texts
    ]
    await recorder(pool).record(parse(*events))
    query = "SELECT tag, digest, actor FROM tracking_events WHERE event_id = $1"
    rows = [await pool.fetchrow(query, event["id"]) for event in events]
    stored = [tuple(row) for row in rows if row]
    plain = [(None, text or None, text or None) for text in texts[:-1]]
    assert stored == [*plain, (None, "x", r"\x00\udcff")]
    geo = await pool.fetch("SELECT event_id, tag, digest FROM geo_events ORDER BY id")
    assert [row["event_id"] for row in geo] == [event["id"] for event in events]
    assert [tuple(row)[1:] for row in geo] == [row[:2] for row in stored]


@pytest.mark.parametrize(
    "moment",
    ["0001-01-01T00:00:00.000001Z", "0099-02-03T04:05:06Z", "9999-12-31T23:59:59.999998Z"],
    ids=["first", "two digits", "last"],
)
async def test_any_moment_comes_into_its_column_as_it_is(pool: Pool, moment: str) -> None:
    await recorder(pool).record(parse(make_event(timestamp=moment)))
    for table in ("tracking_events", "geo_events"):
        stored = await pool.fetchval(f"SELECT occurred_at FROM {table}")  # noqa: S608
        assert stored == datetime.fromisoformat(moment)


async def test_geo_can_be_switched_off_and_then_locks_no_counter(pool: Pool) -> None:
    async with pool.acquire() as other, other.transaction():
        await other.execute("UPDATE geo_event_counter SET last_id = last_id")
        await recorder(pool, geo=False).record(parse(make_event(target={"tag": "v1"})))
    assert await pool.fetchval("SELECT count(*) FROM tracking_events") == 1
    assert await pool.fetchval("SELECT count(*) FROM geo_events") == 0


async def test_duplicates_in_a_batch_and_across_batches_count_once(pool: Pool) -> None:
    batch = parse(make_event(target={"tag": "v1"}), make_event())
    first = await recorder(pool).record([*batch, *batch])
    again = await recorder(pool).record(batch)
    assert (len(first.fresh), first.duplicates) == (2, 2)
    assert (len(again.fresh), again.duplicates) == (0, 2)
    assert await pool.fetchval("SELECT count(*) FROM geo_events") == 2
    assert await pool.fetchval("SELECT last_id FROM geo_event_counter") == 2


OTHERWISE: list[dict[str, Any]] = [
    {"action": "delete"},
    {"target": {"repository": "team/other"}},
    {"target": {"repository": "team/app", "tag": "v2"}},
    {"actor": {"name": "mallory"}},
    {"request": None},
    {"source": {"addr": "registry-2"}},
]


@pytest.mark.parametrize("changes", OTHERWISE, ids=json.dumps)
@pytest.mark.parametrize("mode", CatalogueMode)
async def test_another_event_under_a_known_id_is_seen(
    pool: Pool, changes: dict[str, Any], mode: CatalogueMode
) -> None:
    event = make_event(target={"tag": "v1"}, timestamp="2026-11-24T00:00:00Z")
    first, other, unknown_field = parse(event, {**event, **changes}, {**event, "new": 1})
    # In one batch, then in batches of their own, and the other one again and again.
    at_once = await recorder(pool, mode).record([first, other, first, unknown_field])
    for batch in ([first], [other], [unknown_field, other]):
        await recorder(pool, mode).record(batch)
    assert ([one.event for one in at_once.conflicts], at_once.duplicates) == ([other], 3)
    (row,) = await pool.fetch("SELECT action, repository FROM tracking_events")
    assert tuple(row) == ("push_tag", "team/app")
    (kept,) = await pool.fetch("SELECT * FROM conflicting_events")
    assert (kept["event_id"], kept["action"]) == (other.id, other.action)
    assert (kept["repository"], kept["tag"]) == (other.repository, other.tag)
    assert kept["occurred_at"] == other.timestamp


async def test_a_known_id_at_another_moment_is_another_event(pool: Pool) -> None:
    event = make_event(timestamp="2026-11-24T00:00:00Z")
    events = parse(event, {**event, "timestamp": "2026-11-24T00:00:00.000001Z"})
    at_once = await recorder(pool).record(events)
    again = await recorder(pool).record(events)
    assert (len(at_once.fresh), at_once.duplicates, len(at_once.conflicts)) == (2, 0, 0)
    assert (len(again.fresh), again.duplicates, len(again.conflicts)) == (0, 2, 0)


async def test_a_copy_that_came_while_the_catalogue_changed_is_no_other_event(pool: Pool) -> None:
    (event,) = parse(make_event())
    await recorder(pool, LOOKUP).record([event])
    again = await recorder(pool, REGISTER).record([event])
    assert (again.duplicates, list(again.conflicts)) == (1, [])
    assert await pool.fetchval("SELECT creation_pending FROM container_repositories")


async def test_many_recorders_in_any_order_neither_deadlock_nor_double(pool: Pool) -> None:
    events = parse(*(make_event(repository=f"team/app-{number % 40}") for number in range(800)))
    batches = [events[start::16] for start in range(16)]
    # Each batch is recorded by two workers, one of them in the opposite order.
    attempts = [*batches, *([*reversed(batch)] for batch in batches)]
    await asyncio.gather(*(recorder(pool).record(batch) for batch in attempts))
    rows = await pool.fetch("SELECT action, count(*) FROM tracking_events GROUP BY action")
    assert {row["action"]: row["count"] for row in rows} == {
        "create_repository": 40,
        "push_repository": 760,
    }
    ids = [row["id"] for row in await pool.fetch("SELECT id FROM geo_events ORDER BY id")]
    assert ids == list(range(1, 801))


async def test_a_reader_that_keeps_one_number_sees_every_geo_event(pool: Pool) -> None:
    seen: list[int] = []
    done = asyncio.Event()

    async def read() -> None:
        while True:
            last_look = done.is_set()
            found = await pool.fetch(
                "SELECT id FROM geo_events WHERE id > $1 ORDER BY id", seen[-1] if seen else 0
            )
            seen.extend(row["id"] for row in found)
            if last_look and not found:
                return

    async def write(worker: int) -> None:
        for number in range(20):
            events = [make_event(repository=f"team/{worker}") for _ in range(1 + number % 3)]
            await recorder(pool).record(parse(*events))

    reader = asyncio.ensure_future(read())
    await asyncio.gather(*(write(worker) for worker in range(8)))
    done.set()
    await reader
    written = await pool.fetchval("SELECT last_id FROM geo_event_counter")
    assert seen == list(range(1, written + 1))
