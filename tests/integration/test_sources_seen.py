"""Events of several registries: on their way through the queue, and before an operator."""

import csv
import json
from collections.abc import AsyncIterator, Sequence

import aio_pika
import asyncpg
import pytest

from shared.amqp.message import event_message
from shared.event import Event
from shared.migrate import migrate, shipped
from shared.origin import DEFAULT, Origin
from tests.acceptance.burying import bury
from tests.consoles import Visitor, running_console
from tests.databases import refuse_poison
from tests.factories import make_event
from tests.running import Pipeline, running_pipeline

HARBOR = Origin("prod-harbor", "harbor", "manifest", "derived", "received")
PATH = "library/nginx"


@pytest.fixture
async def pipeline(amqp_url: str, database_url: str) -> AsyncIterator[Pipeline]:
    async with running_pipeline(amqp_url, database_url) as running:
        yield running


async def publish(amqp_url: str, origin: Origin, *paths: str) -> Sequence[str]:
    """Untagged pushes as ingest publishes those of a source; their ids."""
    events = [make_event(repository=path) for path in paths]
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        for event in events:
            body = json.dumps(event).encode()
            told = event_message(Event.read(body), body, origin.headers)
            exchange = await channel.get_exchange(told.exchange)
            message = aio_pika.Message(body, headers=dict(told.headers), message_id=event["id"])
            await exchange.publish(message, told.routing_key)
    return [event["id"] for event in events]


async def test_one_path_of_two_registries_is_two_repositories(
    amqp_url: str, pipeline: Pipeline
) -> None:
    (of_harbor,) = await publish(amqp_url, HARBOR, PATH)
    (of_default,) = await publish(amqp_url, DEFAULT, PATH)
    rows = {row["event_id"]: row for row in await pipeline.settled(2)}
    assert [rows[one]["action"] for one in (of_harbor, of_default)] == ["create_repository"] * 2
    assert rows[of_harbor]["registry_source"] == "prod-harbor"
    assert rows[of_default]["registry_source"] == "default"
    told = [rows[of_harbor][name] for name in ("registry", "kind", "id_from", "time_from")]
    assert told == ["harbor", "manifest", "derived", "received"]
    assert rows[of_default]["source"] == "registry-1:5000"
    repositories = await pipeline.rows("container_repositories")
    assert sorted((one["source"], one["path"]) for one in repositories) == [
        ("default", PATH),
        ("prod-harbor", PATH),
    ]
    assert len({row["container_repository_id"] for row in rows.values()}) == 2


async def test_a_dead_letter_is_found_by_its_source_and_comes_back_as_it_was(
    amqp_url: str, database_url: str, pipeline: Pipeline
) -> None:
    await refuse_poison(pipeline.database)
    (harbor,) = await publish(amqp_url, HARBOR, "team/poison")
    (other,) = await publish(amqp_url, DEFAULT, "team/poison")
    dead = {one.event_id: one for one in await pipeline.dead_letters(2)}
    assert (dead[harbor].registry_source, dead[harbor].registry) == ("prod-harbor", "harbor")
    assert (dead[other].registry_source, dead[other].registry) == ("default", "distribution")
    await pipeline.database.execute("DROP TRIGGER refuse ON tracking_events")
    async with running_console(amqp_url, database_url, writable=True) as visitor:
        listed = await visitor.get("/dead-letters/list?source=prod-harbor")
        assert "1 dead letter that matches" in listed.text
        for path in ("/dead-letters", "/dead-letters/list"):
            both = await visitor.get(path)
            assert '<th scope="col">Source</th>' in both.source
            assert "prod-harbor" in both.text
        story = await visitor.get(f"/dead-letters/show?id={harbor}")
        assert "registry harbor, prod-harbor" in story.text
        assert (
            "registry distribution"
            not in (await visitor.get(f"/dead-letters/show?id={other}")).text
        )
        plan = await visitor.get("/dead-letters/plan?operation=requeue&source=prod-harbor")
        await visitor.ended(await visitor.confirm(plan))
    (row,) = await pipeline.settled(1)
    assert (row["event_id"], row["registry_source"]) == (harbor, "prod-harbor")
    assert (row["registry"], row["kind"]) == ("harbor", "manifest")
    assert [one.event_id for one in await pipeline.dead_letters(1)] == [other]


@pytest.fixture
async def visitor(pipeline: Pipeline, amqp_url: str, database_url: str) -> AsyncIterator[Visitor]:
    await publish(amqp_url, DEFAULT, "team/app")
    await pipeline.settled(1)
    async with running_console(amqp_url, database_url) as console:
        yield console


@pytest.mark.parametrize("path", ["/", "/events"])
async def test_with_one_registry_nobody_hears_of_sources(visitor: Visitor, path: str) -> None:
    page = await visitor.get(path)
    assert "team/app" in page.text
    assert "Source" not in page.text
    assert "default" not in page.text


@pytest.mark.parametrize("path", ["/dead-letters", "/dead-letters/list"])
async def test_of_one_registry_s_dead_letters_no_source_is_told(
    visitor: Visitor, amqp_url: str, path: str
) -> None:
    await bury(amqp_url, [make_event()])
    page = await visitor.get(path)
    assert "team/app" in page.text
    assert '<th scope="col">Source</th>' not in page.source


async def test_files_still_have_what_they_had_before_sources(visitor: Visitor) -> None:
    names = {"recorded_at", "action", "repository", "tag", "digest", "lag_seconds"}
    assert json.loads((await visitor.get("/events.jsonl")).source).keys() > names
    assert set((await visitor.get("/events.csv")).source.splitlines()[0].split(",")) > names


async def test_events_of_several_registries_are_told_apart(
    visitor: Visitor, pipeline: Pipeline, amqp_url: str
) -> None:
    await publish(amqp_url, HARBOR, PATH)
    await publish(amqp_url, Origin("<script>lab", "zot"), PATH)
    await pipeline.settled(3)
    for path in ("/", "/events"):
        page = await visitor.get(path)
        assert f"create_repository prod-harbor {PATH}" in page.text
        assert f"create_repository <script>lab {PATH}" in page.text
        assert "create_repository default team/app" in page.text
        assert "<script>lab" not in page.source
    chosen = await visitor.get("/events?source=prod-harbor")
    assert "create_repository prod-harbor" in chosen.text
    assert "team/app" not in chosen.text
    (link,) = [link for link in chosen.links if ".csv" in link]
    (row,) = csv.DictReader((await visitor.get(link)).source.splitlines())
    assert (row["repository"], row["registry_source"]) == (PATH, "prod-harbor")
    lines = (await visitor.get("/events.jsonl")).source.splitlines()
    found = [json.loads(line)["registry_source"] for line in lines]
    assert sorted(found) == ["<script>lab", "default", "prod-harbor"]
    nothing = await visitor.get("/events?source=nowhere")
    assert "Nothing matches." in nothing.text
    assert 'value="nowhere"' in nothing.source


async def test_tables_of_before_say_what_to_do(
    amqp_url: str, empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = await asyncpg.connect(empty_database_url)
    with monkeypatch.context() as before:
        before.setattr("shared.migrate.shipped", lambda: shipped()[:8])
        await migrate(connection)
    await connection.close()
    async with running_console(amqp_url, empty_database_url) as visitor:
        page = await visitor.get("/events")
    assert page.status == 503
    assert "The tables are those of before: run registry-events migrate." in page.text
