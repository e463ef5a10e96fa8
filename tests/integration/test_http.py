"""What ingest answers when the sender, not the event, is odd; and what it says of itself."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from functools import partial

import aio_pika
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.amqp.message import EVENT_ID
from shared.amqp.topology import DEAD_QUEUE, EVENTS_QUEUE
from tests.factories import make_envelope, make_event
from tests.processes import waiting
from tests.raw_http import CHUNKED, HEAD, first_line, statuses, whole_answer
from tests.running import Pipeline, running_pipeline
from tests.waiting import DEADLINE, eventually

LIMIT = 10_000


@pytest.fixture
async def pipeline(amqp_url: str, database_url: str) -> AsyncIterator[Pipeline]:
    async with running_pipeline(
        amqp_url,
        database_url,
        workers=0,
        ingest_body_timeout=0.3,
        ingest_max_body_bytes=LIMIT,
        ingest_max_in_flight=1,
    ) as running:
        yield running


async def test_a_slow_body_times_out(pipeline: Pipeline) -> None:
    assert b" 408 " in await first_line(pipeline.url, (HEAD % 100).encode() + b"{")


async def test_a_truncated_body_is_no_notification(pipeline: Pipeline) -> None:
    sent = (HEAD % 100).encode() + b'{"events": []}'
    assert b" 200 " not in await first_line(pipeline.url, sent, end=True)
    assert (await pipeline.post(make_envelope(make_event()))).status == 200


async def is_in_flight(pipeline: Pipeline) -> bool:
    async with pipeline.http.get(pipeline.url + "/metrics") as response:
        return "registry_events_ingest_in_flight_requests 1.0" in await response.text()


async def test_beyond_the_limit_in_flight_is_503_with_retry_after(pipeline: Pipeline) -> None:
    slow = asyncio.ensure_future(first_line(pipeline.url, (HEAD % 100).encode() + b"{"))

    await eventually(partial(is_in_flight, pipeline))
    answer = await pipeline.post(make_envelope(make_event()))
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    await slow
    assert (await pipeline.post(make_envelope(make_event()))).status == 200


@pytest.mark.parametrize(
    "lengths",
    [
        "Content-Length: {length}\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: {length}",
        "Content-Length: {length}\r\nContent-Length: 0",
        "Content-Length: 0\r\nContent-Length: {length}",
    ],
)
async def test_a_body_of_two_lengths_is_400_and_the_end_of_its_connection(
    pipeline: Pipeline, amqp_url: str, lengths: str
) -> None:
    body = make_envelope(make_event()).decode()
    if "chunked" in lengths:
        body = f"{len(body):x}\r\n{body}\r\n0\r\n\r\n"
    smuggled = make_envelope(make_event())
    head = HEAD.replace("Content-Length: %d", lengths.format(length=len(body)))
    sent = (head + body + HEAD % len(smuggled)).encode() + smuggled
    assert statuses(await whole_answer(pipeline.url, sent)) == [b"400"]
    last = make_event()
    await pipeline.post(make_envelope(last))
    # Whatever was published would be before it.
    assert await first_id(amqp_url) == last["id"]
    assert await waiting(amqp_url, DEAD_QUEUE) == 0


async def first_id(amqp_url: str) -> object:
    """Of the event that has been waiting longest."""
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(EVENTS_QUEUE, passive=True)
        message = await eventually(partial(queue.get, fail=False))
        return message.headers[EVENT_ID] if message else None


async def test_never_a_redirect(pipeline: Pipeline) -> None:
    for path in ("//notifications", "/notifications//", "/Notifications", "/", "/health"):
        answer = await pipeline.post(b"{}", path=path)
        assert (answer.status, answer.json) == (404, {"error": "Not Found"}), path
    async with pipeline.http.get(pipeline.url + "/notifications") as response:
        assert (response.status, response.headers["Allow"]) == (405, "POST")
        assert await response.json() == {"error": "Method Not Allowed"}


async def test_a_refused_token_is_told_what_is_wanted(pipeline: Pipeline) -> None:
    answer = await pipeline.post(b"{}", Authorization="Bearer rotated-away")
    assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert "Authorization" in answer.json["error"]


HEADERS = {
    "Expect": ["100-continue", "100-Continue", "200-maybe", ""],
    "Content-Encoding": ["gzip", "br", "identity", "x"],
    "Content-Type": ["", "application/json; charset=bogus", "multipart/form-data", "\xff"],
    "Accept": ["text/html", "application/x-nothing"],
    "Connection": ["Upgrade"],
    "Upgrade": ["websocket", "h2c"],
    "Sec-WebSocket-Key": ["dGhlIHNhbXBsZSBub25jZQ=="],
    "If-None-Match": ["*"],
    "If-Match": ["x"],
    "Range": ["bytes=5-1"],
    "TE": ["trailers", "gzip"],
    "Cookie": ["a=b; \xe9"],
    "X-HTTP-Method-Override": ["DELETE"],
    "Origin": ["http://elsewhere.example"],
    "X-Odd": ["\t", "a" * 8000],
}
SOME_HEADERS = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(values) for name, values in HEADERS.items()}
)
BODIES = st.binary(max_size=60) | st.sampled_from(
    [b"", b"{}", make_envelope(make_event()), b" " * (LIMIT + 1), b"[" * LIMIT]
)


@given(SOME_HEADERS, BODIES, st.sampled_from(["HTTP/1.0", "HTTP/1.1", "chunked"]))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_an_authenticated_notification_is_taken_whatever_it_looks_like(
    pipeline: Pipeline, headers: dict[str, str], body: bytes, form: str
) -> None:
    head = (HEAD % len(body)).replace("HTTP/1.1", "HTTP/1.0" if form == "HTTP/1.0" else "HTTP/1.1")
    if form == "chunked":
        head = CHUNKED.decode()
        body = (b"%x\r\n%s\r\n" % (len(body), body) if body else b"") + b"0\r\n\r\n"
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    sent = head.removesuffix("\r\n") + lines + "Connection: close\r\n\r\n"
    answer = await whole_answer(pipeline.url, sent.encode("latin-1") + body)
    assert [status for status in statuses(answer) if status != b"100"] == [b"200"], answer


async def test_health_and_metrics(pipeline: Pipeline) -> None:
    await pipeline.post(make_envelope(make_event(), make_event("pull"), {"id": "bad"}))
    await pipeline.post(b"", Authorization="wrong")
    async with pipeline.http.get(pipeline.url + "/health/live") as response:
        assert (response.status, await response.json()) == (200, {"live": True})
    async with pipeline.http.get(pipeline.url + "/health/ready") as response:
        ready = await response.json()
    assert (ready["ready"], ready["missing"]) == (True, {})
    assert ready["sender_faults"]["token"]["count"] == 1
    async with pipeline.http.get(pipeline.url + "/metrics") as response:
        shown = await response.text()
    requests, events = (
        "registry_events_ingest_requests_total",
        "registry_events_ingest_events_total",
    )
    for line in (
        f'{requests}{{source="default",status="200"}} 1.0',
        f'{requests}{{source="default",status="401"}} 1.0',
        f'{events}{{action="push",outcome="accepted",source="default"}} 1.0',
        f'{events}{{action="pull",outcome="accepted",source="default"}} 1.0',
        f'{events}{{action="other",outcome="dead_lettered",source="default"}} 1.0',
        'registry_events_dead_letters_total{reason="invalid_event"} 1.0',
        "registry_events_ingest_request_duration_seconds_count 2.0",
        "registry_events_ingest_in_flight_requests 0.0",
        "registry_events_broker_connected 1.0",
    ):
        assert line in shown
    last = re.search("registry_events_ingest_last_event_timestamp_seconds ([0-9].*)", shown)
    assert last
    assert abs(time.time() - float(last[1])) < DEADLINE
