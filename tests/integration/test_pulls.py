"""Pulls over HTTP to counters, on a real broker and database: each counts once."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from aio_pika import connect
from aio_pika.exceptions import ChannelNotFoundEntity

from console.dead_letters.queue import visit
from console.dead_letters.queue.broker import connected
from shared.amqp.topology import PULLS_QUEUE
from shared.database import Pool, new_pool
from shared.event import Event
from shared.partitions.retention import Retention
from shared.partitions.upkeep import keep_up
from shared.user_agent import USER_AGENT
from tests.factories import LAYER, make_envelope, make_event
from tests.running import Pipeline, make_settings, running_pipeline
from tests.waiting import eventually
from worker.pulls.counter import PullCounter

WINDOW = timedelta(days=1)


def pull(repository: str = "team/app", method: str = "GET", **changes: Any) -> dict[str, Any]:
    return make_event("pull", repository, **{"request": {"method": method}, **changes})


def parse(events: Sequence[dict[str, Any]]) -> list[Event]:
    return [Event.parse(json.dumps(event)) for event in events]


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    settings = make_settings("amqp://unused", database_url)
    async with new_pool(settings, url=database_url, application="test", size=10) as opened:
        yield opened


def counter(pool: Pool) -> PullCounter:
    return PullCounter(pool, seconds=20)


async def forget(pool: Pool) -> None:
    """As the upkeep of a worker does that counts them."""
    async for _ in keep_up(pool, Retention(pulls=WINDOW)):
        pass


async def total(pool: Pool) -> int:
    counted: int = await pool.fetchval("SELECT coalesce(sum(manifest_gets), 0) FROM pull_counts")
    return counted


async def counted(pipeline: Pipeline, pulls: int) -> dict[str, int]:
    async def all_of_them() -> dict[str, int]:
        row = await pipeline.database.fetchrow(
            "SELECT sum(manifest_gets)::int AS manifest_gets, "
            "sum(manifest_heads)::int AS manifest_heads, sum(blob_gets)::int AS blob_gets, "
            "sum(blob_heads)::int AS blob_heads FROM pull_counts"
        )
        found = {name: value or 0 for name, value in dict(row or {}).items()}
        return found if sum(found.values()) >= pulls else {}

    return await eventually(all_of_them)


async def no_dead_letter(amqp_url: str) -> bool:
    async with connected(amqp_url) as connection:
        return not await visit.last(connection, 1)


async def test_pulls_are_counted_beside_pushes(amqp_url: str, database_url: str) -> None:
    push = make_event(target={"tag": "v1"})
    pulls = [
        pull(target={"tag": "v1"}),
        pull(method="HEAD", target={"tag": "v1"}),
        pull(target={"mediaType": LAYER}),
        pull(method="HEAD", target={"mediaType": LAYER}),
    ]
    envelope = make_envelope(*pulls, push, pulls[0])
    async with running_pipeline(amqp_url, database_url, pulls=True) as pipeline:
        await pipeline.post(envelope)
        await pipeline.post(envelope)
        assert await counted(pipeline, 4) == {
            "manifest_gets": 1, "manifest_heads": 1, "blob_gets": 1, "blob_heads": 1
        }  # fmt: skip
        (row,) = await pipeline.settled(1)
        (repository,) = await pipeline.rows("container_repositories")
        rows = await pipeline.rows("repository_pulls")
        assert await no_dead_letter(amqp_url)
    assert (row["action"], repository["path"]) == ("push_tag", "team/app")
    assert [(one["tag"], one["manifest_gets"], one["blob_heads"]) for one in rows] == [
        ("", 0, 1),
        ("v1", 1, 0),
    ]


async def test_a_pull_adds_no_repository_and_none_without_one_is_a_dead_letter(
    amqp_url: str, database_url: str
) -> None:
    odd = [pull("Upper/Case"), pull(""), pull("x" * 300), pull("a\u202eb")]
    async with running_pipeline(amqp_url, database_url, pulls=True) as pipeline:
        await pipeline.post(make_envelope(*odd, pull()))
        await counted(pipeline, 1)
        assert await pipeline.rows("container_repositories") == []
        assert await no_dead_letter(amqp_url)


async def test_unless_it_is_wanted_pulls_have_no_queue(amqp_url: str, database_url: str) -> None:
    async with running_pipeline(amqp_url, database_url) as pipeline:
        await pipeline.post(make_envelope(pull(), make_event()))
        await pipeline.settled(1)
        async with await connect(amqp_url) as connection:
            with pytest.raises(ChannelNotFoundEntity):
                await (await connection.channel()).declare_queue(PULLS_QUEUE, passive=True)


async def test_workers_that_count_the_same_at_once_count_it_once(pool: Pool) -> None:
    events = parse([pull(f"team/app-{number % 7}") for number in range(200)])
    batches = [events[start : start + 120] for start in range(0, 200, 40)] * 3
    backwards = [list(reversed(batch)) for batch in batches]
    counters = [counter(pool) for _ in range(6)]
    await asyncio.gather(
        *(counters[n % 6].record(batch) for n, batch in enumerate([*batches, *backwards]))
    )
    assert await total(pool) == 200


async def test_what_we_read_of_a_registry_ourselves_is_no_pull(pool: Pool) -> None:
    ours = pull(request={"method": "GET", "useragent": USER_AGENT})
    theirs = pull(request={"method": "GET", "useragent": "docker/28.0 registry-events/1"})
    recorded = await counter(pool).record(parse([ours, theirs]))
    assert [event.user_agent for event in recorded.fresh] == ["docker/28.0 registry-events/1"]
    assert await total(pool) == 1


async def test_what_is_forgotten_counts_again_and_nothing_sooner(pool: Pool) -> None:
    events = parse([pull() for _ in range(10)])
    await counter(pool).record(events)
    await pool.execute("UPDATE counted_pulls SET counted_at = now() - interval '23 hours'")
    await forget(pool)
    assert (await counter(pool).record(events)).duplicates == 10
    await pool.execute("UPDATE counted_pulls SET counted_at = now() - interval '25 hours'")
    await counter(pool).record(parse([pull("team/other")]))
    await forget(pool)
    assert await pool.fetchval("SELECT count(*) FROM counted_pulls") == 1
    assert len((await counter(pool).record(events)).fresh) == 10
    assert await total(pool) == 21


async def test_the_last_pull_is_the_latest_whatever_came_last(pool: Pool) -> None:
    early, late = pull(timestamp="2026-11-20T10:00:00Z"), pull(timestamp="2026-11-20T11:00:00Z")
    for one in (late, early):
        await counter(pool).record(parse([one]))
    (row,) = await pool.fetch("SELECT manifest_gets, last_pulled_at::text FROM pull_counts")
    assert row["manifest_gets"] == 2
    assert row["last_pulled_at"].startswith("2026-11-20 11:00")
