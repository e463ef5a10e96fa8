"""What Prometheus is shown of a broker and a database, and of their absence."""

from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from console.exporter import app
from console.local.servers.postgres import Postgres
from console.local.servers.rabbitmq import RabbitMQ
from shared.amqp.dead_letter import Reason
from shared.forward_settings import Sink
from shared.metrics import PREFIX
from tests.acceptance.burying import buried, bury
from tests.exporting import Figures, running_exporter
from tests.exposed import EXPOSED
from tests.factories import make_event
from tests.forwarding import opened, record
from tests.outages import Kind, Outage
from tests.waiting import eventually

SITE = "INSERT INTO geo_sites (name, cursor) VALUES ('lima', 0)"
PENDING = """
INSERT INTO geo_pending (site, source, path, change_id, attempts, cause)
VALUES
    ('lima', 'default', 'team/app', 1, 1, 'refused'), ('lima', 'default', 'team/base', 2, 0, NULL)
"""
RUN = """
INSERT INTO reconcile_runs (source, registry, started_at, finished_at, unrecorded, filled_in)
VALUES ('default', 'https://registry.example', now() - interval '2 h', now() - interval '1 h', 4, 1)
"""


async def when(scrape: Callable[[], Awaitable[Figures]], *known: str) -> Figures:
    """The figures, once those are there and not 0."""

    async def look() -> Figures:
        found = await scrape()
        return found if all(found.get(one) for one in known) else {}

    return await eventually(look)


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "_LOOK", 0.1)


async def test_what_waits_and_for_how_long(amqp_url: str, database_url: str) -> None:
    events = [make_event() for _ in range(3)]
    await bury(amqp_url, events[:2], reason=Reason.INVALID_EVENT)
    await bury(amqp_url, events[2:], reason=Reason.RECORDING_FAILED)
    before = await buried(amqp_url)
    async with running_exporter(amqp_url, database_url) as scrape:
        found = await when(scrape, "dead_letters_waiting invalid_event", "exporter_up database")
    assert (found["exporter_up broker"], found["exporter_up database"]) == (1, 1)
    assert found["queue_messages registry.events"] == 0
    assert found["queue_messages registry.events.dead"] == 3
    assert 0 < found["queue_oldest_seconds registry.events.dead"] < 600
    assert found["dead_letters_waiting invalid_event"] == 2
    assert found["dead_letters_waiting recording_failed"] == 1
    assert found["dead_letters_waiting uncounted"] == 0
    # To look takes none, and changes none's place.
    assert await buried(amqp_url) == before


async def test_what_stands_in_the_tables(amqp_url: str, database_url: str) -> None:
    async with opened(database_url) as pool:
        await record(pool, [make_event(), make_event()], Sink.SNOWPLOW)
        for statement in (SITE, PENDING, RUN):
            await pool.execute(statement)
    # So that there are queues.
    await bury(amqp_url, [])
    async with running_exporter(amqp_url, database_url) as scrape:
        found = await when(scrape, "schema_version", "exporter_up broker")
    names = {PREFIX + name.partition(" ")[0] for name in found}
    assert {one.name for one in EXPOSED["exporter"]} <= names
    assert found["schema_version"] == found["schema_expected_version"]
    # This month and the next two.
    assert found["partitions tracking_events"] == found["partitions geo_events"] == 3
    assert found["partition_missing geo_events"] == 0
    assert found["default_partition_events"] == 0
    assert found["geo_site_lag_events lima"] == 2
    assert 0 < found["geo_site_lag_seconds lima"] < 600
    assert found["geo_site_pending_repositories lima"] == 2
    assert found["geo_site_failing_repositories lima"] == 1
    assert found["forward_waiting_events snowplow"] == 2
    assert 3_600 <= found["reconcile_age_seconds default"] < 4_200
    assert found["reconcile_left_tags default"] == 3


async def test_a_schema_of_before_is_told(amqp_url: str, database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute(
        "DELETE FROM schema_migrations WHERE version = (SELECT max(version) FROM schema_migrations)"
    )
    await connection.close()
    async with running_exporter(amqp_url, database_url) as scrape:
        found = await when(scrape, "schema_version")
    assert found["schema_version"] == found["schema_expected_version"] - 1
    assert "partitions geo_events" not in found


@pytest.mark.parametrize("kind", ["refuses", "swallows"])
async def test_servers_that_are_away_keep_no_scrape_waiting(
    amqp_url: str, database_url: str, rabbitmq: RabbitMQ, postgres: Postgres, kind: Kind
) -> None:
    urls = {"AMQP_URL": amqp_url, "DATABASE_URL": database_url}
    broker, database = Outage("broker", kind), Outage("database", kind)
    with (
        broker.begun(rabbitmq, postgres, urls) as no_broker,
        database.begun(rabbitmq, postgres, urls) as no_database,
    ):
        async with running_exporter(no_broker, no_database) as scrape:
            # Also before the first look has ended.
            assert "build_info" in " ".join(await scrape())

            async def noticed() -> Figures:
                found = await scrape()
                return found if "exporter_up broker" in found else {}

            found = await eventually(noticed)
    assert (found["exporter_up broker"], found["exporter_up database"]) == (0, 0)
    assert not [name for name in found if name.startswith(("queue_", "dead_", "schema_"))]


async def test_one_server_that_is_away_hides_nothing_of_the_other(
    amqp_url: str, database_url: str, rabbitmq: RabbitMQ, postgres: Postgres
) -> None:
    urls = {"AMQP_URL": amqp_url, "DATABASE_URL": database_url}
    with Outage("broker", "refuses").begun(rabbitmq, postgres, urls) as no_broker:
        async with running_exporter(no_broker, database_url) as scrape:
            found = await when(scrape, "schema_version")
    assert (found["exporter_up broker"], found["exporter_up database"]) == (0, 1)
    assert found["partitions tracking_events"] == 3


async def test_a_lock_is_seen_and_its_end(amqp_url: str, database_url: str) -> None:
    async with running_exporter(amqp_url, database_url) as scrape:
        await when(scrape, "schema_version")
        connection = await asyncpg.connect(database_url)
        async with connection.transaction():
            await connection.execute("LOCK TABLE tracking_events IN ACCESS EXCLUSIVE MODE")

            async def locked() -> bool:
                found = await scrape()
                return found["exporter_up database"] == 0 and "schema_version" not in found

            await eventually(locked)
        await connection.close()
        assert (await when(scrape, "schema_version"))["exporter_up database"] == 1
