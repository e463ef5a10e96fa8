"""What ingest answers when the sender, not the event, is odd; and what it says of itself."""

import asyncio
import re
from collections.abc import AsyncIterator
from functools import partial

import aio_pika
import pytest

from shared.amqp.message import EVENT_ID
from shared.amqp.topology import DEAD_QUEUE, EVENTS_QUEUE
from tests.factories import make_envelope, make_event
from tests.processes import waiting
from tests.running import TOKEN, Pipeline, running_pipeline
from tests.waiting import DEADLINE, eventually

HEAD = (
    "POST /notifications HTTP/1.1\r\nHost: x\r\n"
    f"Authorization: Bearer {TOKEN}\r\nContent-Length: %d\r\n\r\n"
)


@pytest.fixture
async def pipeline(amqp_url: str, database_url: str) -> AsyncIterator[Pipeline]:
    async with running_pipeline(
        amqp_url,
        database_url,
        workers=0,
        ingest_body_timeout=0.3,
        ingest_max_body_bytes=10_000,
        ingest_max_in_flight=1,
    ) as running:
        yield running


async def raw(pipeline: Pipeline, head: str, body: bytes, *, end: bool = False) -> bytes:
    """The status line of the answer to what is sent as it is; empty if there is none."""
    host, _, port = pipeline.settings.ingest_listen.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(head.encode() + body)
    if end:
        writer.write_eof()
    line = await reader.readline()
    writer.close()
    return line


async def test_a_slow_body_times_out(pipeline: Pipeline) -> None:
    assert b" 408 " in await raw(pipeline, HEAD % 100, b"{")


async def test_a_truncated_body_is_no_notification(pipeline: Pipeline) -> None:
    assert b" 200 " not in await raw(pipeline, HEAD % 100, b'{"events": []}', end=True)
    assert (await pipeline.post(make_envelope(make_event()))).status == 200


async def test_a_body_beyond_the_limit_is_413_before_it_is_sent(pipeline: Pipeline) -> None:
    assert b" 413 " in await raw(pipeline, HEAD % 5_000_000_000, b"")
    assert (await pipeline.post(b" " * 10_001)).status == 413


async def test_beyond_the_limit_in_flight_is_503_with_retry_after(pipeline: Pipeline) -> None:
    slow = asyncio.ensure_future(raw(pipeline, HEAD % 100, b"{"))

    async def in_flight() -> bool:
        async with pipeline.http.get(pipeline.url + "/metrics") as response:
            return "registry_events_ingest_in_flight_requests 1.0" in await response.text()

    await eventually(in_flight)
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
    assert statuses(await whole_answer(pipeline, sent)) == [b"400"]
    last = make_event()
    await pipeline.post(make_envelope(last))
    # Whatever was published would be before it.
    assert await first_id(amqp_url) == last["id"]
    assert await waiting(amqp_url, DEAD_QUEUE) == 0


def statuses(answer: bytes) -> list[bytes]:
    return re.findall(rb"HTTP/1.[01] (\d+) ", answer)


async def whole_answer(pipeline: Pipeline, sent: bytes) -> bytes:
    """All that comes until the connection is closed."""
    host, _, port = pipeline.settings.ingest_listen.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(sent)
    async with asyncio.timeout(DEADLINE):
        answer = await reader.read()
    writer.close()
    return answer


async def first_id(amqp_url: str) -> object:
    """Of the event that has been waiting longest."""
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(EVENTS_QUEUE, passive=True)
        message = await eventually(partial(queue.get, fail=False))
        return message.headers[EVENT_ID] if message else None


async def test_never_a_redirect(pipeline: Pipeline) -> None:
    for path in ("//notifications", "/notifications//", "/Notifications", "/", "/notifications/x"):
        answer = await pipeline.post(b"{}", path=path)
        assert answer.status == 404, path
    async with pipeline.http.get(pipeline.url + "/notifications") as response:
        assert response.status == 405


async def test_health_and_metrics(pipeline: Pipeline) -> None:
    await pipeline.post(make_envelope(make_event(), make_event("pull"), {"id": "bad"}))
    await pipeline.post(b"", Authorization="wrong")
    async with pipeline.http.get(pipeline.url + "/health/live") as response:
        assert (response.status, await response.json()) == (200, {"live": True})
    async with pipeline.http.get(pipeline.url + "/health/ready") as response:
        assert await response.json() == {"ready": True, "missing": {}}
    async with pipeline.http.get(pipeline.url + "/metrics") as response:
        shown = await response.text()
    for line in (
        'registry_events_ingest_requests_total{status="200"} 1.0',
        'registry_events_ingest_requests_total{status="401"} 1.0',
        'registry_events_ingest_events_total{action="push",outcome="accepted"} 1.0',
        'registry_events_ingest_events_total{action="pull",outcome="accepted"} 1.0',
        'registry_events_dead_letters_total{reason="invalid_event"} 1.0',
        "registry_events_broker_connected 1.0",
    ):
        assert line in shown
