"""Kept events recorded again: what a lost, restored or altered database has afterwards."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

import worker.app
from console.local.servers.postgres import Postgres
from shared.amqp.kept import KEPT_QUEUE
from shared.amqp.message import Message
from shared.origin import Origin
from shared.settings import Settings
from tests.databases import TEMPLATE, create_database, drop_database
from tests.factories import LAYER, MANIFEST, make_event
from tests.replays import (
    are_without_gaps,
    asked,
    execute,
    keep,
    keeping,
    look,
    message,
    replay,
    state,
)
from tests.running import amqp_url as broker_of
from tests.running import make_settings, running
from tests.waiting import eventually
from worker.replay.kept_events import NothingKeptError

HARBOR = Origin("harbor", "harbor", "manifest", "derived")
UNDATED = Origin("quay", "quay", "tag", "header", "received")
RECONCILED = Origin("default", "distribution", "tag", "reconciled", "received")


def pushes(*paths: str, **target: Any) -> list[dict[str, Any]]:
    return [make_event(repository=path, target=target or None) for path in paths]


def story() -> list[Message]:
    """Some of everything that is recorded, and of what is not."""
    first = pushes("team/app", "team/app", "alpine", mediaType=LAYER)
    tagged = pushes("team/app", "alpine", "team/other", tag="v1", mediaType=MANIFEST)
    rename = make_event("rename", "team/app")
    rename["target"]["rename"] = {"type": "project", "from": "team/app", "to": "team/moved"}
    same = make_event(repository="team/other")
    conflicting = {**same, "target": {**same["target"], "tag": "v9"}}
    gone = make_event("delete", "alpine", target={"tag": "v1"})
    later = [*pushes("team/app", "team/moved"), gone]
    invalid = message(gone)._replace(body=b"{}", exchange="", routing_key=KEPT_QUEUE)
    return [
        *map(message, [*first, *tagged, rename, *later, same, first[0], conflicting]),
        *(message(one, HARBOR) for one in pushes("team/app", "library/x", mediaType=MANIFEST)),
        *(message(one, UNDATED) for one in pushes("quay/x", tag="v1")),
        *(message(one, RECONCILED) for one in pushes("team/other", tag="v2")),
        *map(message, [make_event("pull"), make_event("mount")]),
        invalid,
    ]


RECORDED = 14


@asynccontextmanager
async def working(settings: Settings) -> AsyncIterator[None]:
    async with running(worker.app.run(settings), settings.worker_listen):
        yield


async def count(url: str, table: str = "tracking_events") -> int:
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval(f"SELECT count(*) FROM {table}"))  # noqa: S608
    finally:
        await connection.close()


async def record(settings: Settings, url: str, messages: Sequence[Message], rows: int) -> None:
    """Publish them, kept; until a worker has recorded so many events in all."""
    async with working(settings):
        await keep(broker_of(settings), messages)

        async def are_there() -> bool:
            return await count(url) >= rows

        await eventually(are_there)


@pytest.fixture
async def lost(postgres: Postgres) -> AsyncIterator[str]:
    """A database that has the schema, and nothing else any more."""
    await create_database(postgres, "lost", template=TEMPLATE)
    yield postgres.url("lost")
    await drop_database(postgres, "lost")


async def test_a_lost_database_is_rebuilt(amqp_url: str, database_url: str, lost: str) -> None:
    settings = make_settings(amqp_url, database_url)
    await record(settings, database_url, story(), RECORDED)
    before = await state(database_url)
    assert (await look(settings)).is_none
    rebuilt = make_settings(amqp_url, lost)
    found, done = await replay(rebuilt)
    assert await state(lost) == before
    assert await are_without_gaps(lost)
    assert found.missing == done.recorded
    assert (found.unrecorded, found.invalid, found.repeated) == (2, 1, 2)
    again, nothing = await replay(rebuilt)
    assert again.is_none
    assert not nothing.recorded
    assert not nothing.corrected
    assert await state(lost) == before


async def test_a_restored_database_catches_up(
    amqp_url: str, database_url: str, postgres: Postgres
) -> None:
    """From a copy that was made in between; its geo ids go on from its own counter."""
    settings = make_settings(amqp_url, database_url)
    messages = story()
    await record(settings, database_url, messages[:6], 6)
    await create_database(postgres, "restored", template=database_url.rpartition("/")[2])
    try:
        await record(settings, database_url, messages[6:], RECORDED)
        restored = make_settings(amqp_url, postgres.url("restored"))
        found, done = await replay(restored)
        assert found.recorded == 6
        assert found.missing.total() == RECORDED - 6 + 1
        assert found.missing == done.recorded
        assert await state(postgres.url("restored")) == await state(database_url)
        assert await are_without_gaps(postgres.url("restored"))
    finally:
        await drop_database(postgres, "restored")


ALTERED = {
    "tags were none": """
        UPDATE tracking_events SET action = 'push_repository' WHERE action = 'push_tag'
    """,
    "all were tags": "UPDATE tracking_events SET action = 'push_tag' WHERE action !~ 'delete'",
    "deletes": "UPDATE tracking_events SET action = 'delete_repository' WHERE action ~ 'delete'",
    "no creation": "UPDATE tracking_events SET action = 'push_repository' WHERE action ~ 'create'",
    "all create": "UPDATE tracking_events SET action = 'create_repository' WHERE action ~ 'push_r'",
    "no geo events": "DELETE FROM geo_events WHERE tag = 'v1'",
    "a creation is lost": """
        UPDATE tracking_events SET action = 'push_repository' WHERE action ~ 'create';
        UPDATE container_repositories
        SET creation_pending = true, created_by = NULL, creation_occurred_at = NULL
        WHERE created_by IS NOT NULL
    """,
}


@pytest.mark.parametrize("statement", ALTERED.values(), ids=ALTERED)
async def test_a_mended_rule_sets_right_what_is_recorded(
    amqp_url: str, database_url: str, statement: str
) -> None:
    settings = make_settings(amqp_url, database_url)
    await record(settings, database_url, story(), RECORDED)
    before = await state(database_url)
    await execute(database_url, statement)
    altered = await state(database_url)
    assert altered != before
    found = await look(settings)
    assert await state(database_url) == altered
    assert not found.missing
    _, done = await replay(settings)
    assert done.corrected.total() == found.otherwise.total()
    assert not done.recorded
    assert await state(database_url) == before
    assert (await look(settings)).is_none


async def test_what_a_rule_took_for_a_creation_is_one_no_more(
    amqp_url: str, database_url: str
) -> None:
    """The repository has had other untagged pushes: one of these is it."""
    settings = make_settings(amqp_url, database_url)
    tagged, untagged, another = (
        *pushes("team/app", tag="v1", mediaType=MANIFEST),
        *pushes("team/app", "team/app", mediaType=LAYER),
    )
    await record(settings, database_url, [message(one) for one in (tagged, untagged, another)], 3)
    await execute(
        database_url,
        "UPDATE tracking_events SET action = 'push_repository' WHERE action ~ 'create'",
        "UPDATE tracking_events SET action = 'create_repository' WHERE tag = 'v1'",
        "UPDATE container_repositories SET (created_by, creation_occurred_at) ="
        " (SELECT event_id, occurred_at FROM tracking_events WHERE tag = 'v1')",
    )
    await replay(settings)
    connection = await asyncpg.connect(database_url)
    rows = await connection.fetch("SELECT event_id, action FROM tracking_events")
    creator = await connection.fetchval("SELECT created_by FROM container_repositories")
    await connection.close()
    actions = dict(map(tuple, rows))
    assert actions[tagged["id"]] == "push_tag"
    assert sorted(actions[one["id"]] for one in (untagged, another)) == [
        "create_repository",
        "push_repository",
    ]
    assert actions[creator] == "create_repository"
    assert (await look(settings)).is_none


async def test_what_retention_dropped_stays_away(amqp_url: str, database_url: str) -> None:
    settings = make_settings(amqp_url, database_url)
    await record(settings, database_url, story(), RECORDED)
    await execute(
        database_url,
        "DELETE FROM tracking_events",
        "DELETE FROM geo_events",
        "INSERT INTO dropped_ranges (parent, first, kept_from)"
        " VALUES ('tracking_events', now() - interval '1 year', now() + interval '1 day')",
    )
    found, done = await replay(settings)
    assert found.expired == RECORDED
    assert found.is_none
    assert not done.recorded
    assert await count(database_url) == 0


async def test_geo_events_that_retention_dropped_stay_away(
    amqp_url: str, database_url: str
) -> None:
    settings = make_settings(amqp_url, database_url)
    await record(settings, database_url, story(), RECORDED)
    await execute(
        database_url,
        "DELETE FROM geo_events",
        "INSERT INTO dropped_ranges (parent, first, kept_from)"
        " VALUES ('geo_events', now() - interval '1 year', now() + interval '1 day')",
    )
    assert (await look(settings)).is_none
    await replay(settings)
    assert await count(database_url, "geo_events") == 0


async def test_beside_workers_and_another_replay(
    amqp_url: str, database_url: str, lost: str
) -> None:
    """All at once on one database; each event once, each repository created once."""
    messages = [message(one) for n in range(30) for one in pushes(*[f"team/{n % 7}"] * 20, tag="")]
    rebuilt = make_settings(amqp_url, lost, worker_batch_size=50)
    async with keeping(amqp_url) as publisher:
        for start in range(0, len(messages) // 2, 100):
            await publisher.publish(messages[start : start + 100], deadline=30)
        async with working(rebuilt):
            await asyncio.gather(
                replay(rebuilt),
                replay(rebuilt),
                *(
                    publisher.publish(messages[start : start + 100], deadline=30)
                    for start in range(len(messages) // 2, len(messages), 100)
                ),
            )

            async def are_there() -> bool:
                return await count(lost) == len(messages)

            await eventually(are_there)
    settings = make_settings(amqp_url, database_url)
    await replay(settings)
    assert (await look(rebuilt)).is_none
    for url in (lost, database_url):
        assert await count(url) == len(messages)
        assert await are_without_gaps(url)
        told = await state(url)
        assert sum('"create_repository"' in row for row in told["tracking"]) == 7
        assert len(set(told["geo"])) == len(told["geo"])


async def test_only_what_is_asked_for(amqp_url: str, database_url: str, lost: str) -> None:
    settings = make_settings(amqp_url, database_url)
    await record(settings, database_url, story(), RECORDED)
    rebuilt = make_settings(amqp_url, lost)
    assert (await look(rebuilt, asked(source="harbor"))).missing.total() == 2
    assert (await look(rebuilt, asked(repository="library/*"))).missing.total() == 1
    found, _ = await replay(rebuilt, asked(source="quay"))
    assert found.missing == {"push_tag": 1}
    (row,) = (await state(lost))["tracking"]
    assert json.loads(row)["registry_source"] == "quay"


async def test_without_a_stream_there_is_nothing_to_replay(
    amqp_url: str, database_url: str
) -> None:
    with pytest.raises(NothingKeptError):
        await look(make_settings(amqp_url, database_url))
