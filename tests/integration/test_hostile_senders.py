"""What a sender writes opens nothing, is quoted nowhere, and costs no memory that stays."""

from collections.abc import AsyncIterator

import pytest

from tests.factories import make_envelope, make_event
from tests.running import TOKEN, Pipeline, running_pipeline

GUESS = "a-guess-or-somebody-elses-password"


@pytest.fixture
async def pipeline(amqp_url: str, database_url: str) -> AsyncIterator[Pipeline]:
    async with running_pipeline(amqp_url, database_url) as running:
        yield running


async def pages(pipeline: Pipeline) -> str:
    shown = ""
    for path in ("/health/live", "/health/ready", "/metrics"):
        async with pipeline.http.get(pipeline.url + path) as response:
            shown += await response.text()
    return shown


async def test_no_token_is_said_anywhere(
    pipeline: Pipeline, capfd: pytest.CaptureFixture[str]
) -> None:
    assert (await pipeline.post(make_envelope(make_event()))).status == 200
    answer = await pipeline.post(make_envelope(make_event()), Authorization=f"Bearer {GUESS}")
    logged = "".join(capfd.readouterr())
    assert "notification.unauthorized" in logged
    for token in (GUESS, TOKEN):
        assert token not in f"{logged} {answer} {await pages(pipeline)}"


async def test_a_text_is_never_part_of_a_statement(pipeline: Pipeline) -> None:
    text = "'; DROP TABLE tracking_events; --"
    event = make_event(actor={"name": text}, request={"useragent": text, "host": text})
    await pipeline.post(make_envelope(event, make_event()))
    rows = {row["event_id"]: row for row in await pipeline.settled(2)}
    assert rows[event["id"]]["actor"] == text
    assert rows[event["id"]]["user_agent"] == text


async def test_verbs_without_end_make_no_figures_without_end(pipeline: Pipeline) -> None:
    invented = [f"invented{number}" for number in range(50)]
    events = [make_event(action=verb) for verb in invented]
    assert (await pipeline.post(make_envelope(*events))).json["accepted"] == 50
    shown = await pages(pipeline)
    labels = 'action="other",outcome="accepted",source="default"'
    assert f"registry_events_ingest_events_total{{{labels}}} 50.0" in shown
    assert "invented" not in shown
