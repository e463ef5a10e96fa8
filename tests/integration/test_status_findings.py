"""What `registry-events status` says of things that go wrong while events still flow."""

import re
from collections.abc import AsyncIterator

import pytest
from rich.cells import cell_len

from tests.factories import make_envelope, make_event
from tests.reports import reported_request, send
from tests.running import Pipeline, running_pipeline
from tests.status import status_of


@pytest.fixture
async def pipeline(amqp_url: str, database_url: str) -> AsyncIterator[Pipeline]:
    async with running_pipeline(amqp_url, database_url, ingest_max_body_bytes=10_000) as running:
        yield running


async def test_a_token_that_was_rotated_away(pipeline: Pipeline) -> None:
    request = reported_request("17-401-storm-not-in-status")
    for _ in range(3):
        assert (await send(pipeline, request)).status == 401
    shown = await status_of(pipeline)
    assert shown.startswith("DEGRADED: it is working: ")
    assert re.search(
        rf"^! ingest {pipeline.url}: 3 notifications refused since \d\d:\d\d UTC "
        r"\(last \d+ s ago, from 127\.0\.0\.1\): the token is none of REGISTRY_EVENTS_TOKENS; "
        "the registry repeats them until it is: ",
        shown,
        re.MULTILINE,
    )


async def test_what_is_found_fits_the_terminal(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    await send(pipeline, reported_request("17-401-storm-not-in-status"))
    await pipeline.post(make_envelope(make_event("push", "")))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TZ", "<+0545>-5:45")
    shown = await status_of(pipeline, "--local")
    assert not [line for line in shown.splitlines() if cell_len(line) > 80]
    assert "`registry-events dead-letters summary`" in shown
    words = " ".join(shown.split())
    assert re.search(r"refused since \d\d:\d\d UTC\+05:45 \(last ", words)
    wide = await status_of(pipeline, "-o", "wide")
    assert re.search(
        r"^! ingest .* refused since \d\d:\d\d UTC .*Authorization header$", wide, re.MULTILINE
    )


async def test_an_address_in_a_header_is_nobody_s(pipeline: Pipeline) -> None:
    await pipeline.post(
        b"", Authorization="x", X_Forwarded_For="10.9.8.7", Forwarded="for=10.9.8.7"
    )
    shown = await status_of(pipeline)
    assert "from 127.0.0.1)" in shown
    assert "10.9.8.7" not in shown


async def test_a_body_that_is_too_large(pipeline: Pipeline) -> None:
    await pipeline.post(b" " * 10_001)
    shown = await status_of(pipeline)
    assert "! ingest " in shown
    assert "1 notification cut since " in shown
    assert "the body is larger than REGISTRY_EVENTS_INGEST_MAX_BODY_BYTES" in shown


async def test_an_id_that_is_used_twice(pipeline: Pipeline) -> None:
    event = make_event(id="same")
    other = {**event, "target": {**event["target"], "repository": "team/other"}}
    other["source"] = {"addr": "reg-1:5000"}
    await pipeline.post(make_envelope(event, event))
    await pipeline.settled(1)
    assert (await status_of(pipeline)).startswith("OK: ")
    await pipeline.post(make_envelope(other))
    await pipeline.settled(1, "conflicting_events")
    shown = await status_of(pipeline)
    assert re.search(
        r"^! 1 event of the last 24 hours came under ids that are recorded with another content, "
        r"so they are not counted \(last \d+ s ago from reg-1:5000, id same, repository "
        r"team/other\): mend their sender",
        shown,
        re.MULTILINE,
    )


async def test_what_is_taken_is_no_fault(pipeline: Pipeline) -> None:
    assert (await pipeline.post(make_envelope(make_event()))).status == 200
    await pipeline.settled(1)
    assert (await status_of(pipeline)).startswith("OK: it is working: ")


async def test_without_services_it_says_how_to_see_them(pipeline: Pipeline) -> None:
    shown = await status_of(pipeline, services=False)
    hint = (
        "what ingests and workers say of themselves is seen with REGISTRY_EVENTS_CONSOLE_SERVICES"
    )
    assert f"\nservices    {hint}\n" in shown
    assert shown.startswith("OK: ")
    assert hint not in await status_of(pipeline)
