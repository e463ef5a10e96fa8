"""What operators and monitoring see of sinks, from what stands in the tables."""

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from shared.database import Pool
from shared.forward_settings import Sink
from shared.metrics import PREFIX
from shared.migrate import migrate, shipped
from tests.collector import Collector, running_collector
from tests.consoles import running_console
from tests.factories import make_event
from tests.forwarding import opened, record, refused, running_forward, sink_settings
from tests.status import status
from tests.waiting import eventually

AGO = "UPDATE forward_outbox SET recorded_at = recorded_at - interval '1 h'"
REFUSED = """
INSERT INTO forward_refused (sink, id, event, recorded_at, cause)
VALUES ('snowplow', 1, '{}', now(), 'answered 400: http://us:hunter2@c')
"""


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    async with opened(database_url) as made:
        yield made


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    async with running_collector() as running:
        yield running


async def seen(amqp_url: str, database_url: str, **settings: object) -> dict[str, Any]:
    done = await status(amqp_url, database_url, "-o", "json", **settings)
    return dict(json.loads(done.stdout))


async def test_status_shows_what_waits_for_each_sink(
    amqp_url: str, database_url: str, pool: Pool
) -> None:
    assert (await seen(amqp_url, database_url))["database"]["forwarding"] == []
    told = await seen(amqp_url, database_url, forward="cloudevents")
    assert [one["sink"] for one in told["database"]["forwarding"]] == ["cloudevents"]
    await record(pool, [make_event(), make_event()], Sink.SNOWPLOW)
    await pool.execute(AGO)
    await pool.execute(REFUSED)
    told = await seen(amqp_url, database_url, forward="cloudevents")
    snowplow, cloudevents = told["database"]["forwarding"]
    assert (cloudevents["waiting"], cloudevents["oldest_age"]) == (0, None)
    assert (snowplow["waiting"], snowplow["refused"]) == (2, 1)
    assert 3_600 <= snowplow["oldest_age"] < 3_700
    assert snowplow["cause"] == "answered 400: http://****@c"
    texts = " ".join(finding["text"] for finding in told["findings"])
    assert "2 events wait to be forwarded to snowplow, the first for 1 h" in texts
    assert "snowplow refused 1 event (last " in texts


async def test_the_page_shows_the_same(amqp_url: str, database_url: str, pool: Pool) -> None:
    await record(pool, [make_event()], Sink.SNOWPLOW)
    await pool.execute(REFUSED)
    async with running_console(amqp_url, database_url, forward="cloudevents") as visitor:
        text = (await visitor.get("/")).text
    assert "forward snowplow 1 waiting, the first for " in text
    assert ", 1 refused forward cloudevents 0 waiting" in text
    assert "hunter2" not in text


async def test_a_schema_of_before_is_no_fault_of_the_database(
    amqp_url: str, empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(empty_database_url) as pool, pool.acquire() as connection:
        with monkeypatch.context() as before:
            older = [one for one in shipped() if one.name != "forward"]
            before.setattr("shared.migrate.shipped", lambda: older)
            await migrate(connection)
    told = await seen(amqp_url, empty_database_url)
    assert (told["database"]["fault"], told["database"]["missing"]) == ("", 1)
    assert told["database"]["forwarding"] == []


async def test_metrics_have_the_lag_of_each_sink(
    collector: Collector, database_url: str, pool: Pool
) -> None:
    collector.refuses = "team/poison"
    await record(pool, [make_event(repository="team/poison")], Sink.SNOWPLOW)
    await record(pool, [make_event()], Sink.CLOUDEVENTS)
    await pool.execute(AGO)
    settings = sink_settings(collector, Sink.SNOWPLOW)
    async with running_forward(database_url, **settings), aiohttp.ClientSession() as http:
        await refused(pool, 1)
        url = f"http://{settings['forward_listen']}/metrics"

        async def figures() -> dict[str, float]:
            async with http.get(url) as response:
                lines = (await response.text()).splitlines()
            told = [line.rpartition(" ") for line in lines if not line.startswith("#")]
            found = {name.removeprefix(f"{PREFIX}forward_"): float(one) for name, _, one in told}
            return found if 'waiting_events{sink="cloudevents"}' in found else {}

        shown = await eventually(figures)
    assert shown['events_total{outcome="refused",sink="snowplow"}'] == 1
    assert shown['waiting_events{sink="cloudevents"}'] == 1
    assert 3_600 <= shown['oldest_seconds{sink="cloudevents"}'] < 3_700
