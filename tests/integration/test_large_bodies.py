"""Bodies above the limit, and senders that are never done with theirs."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from hashlib import sha256

import pytest

from tests.factories import make_envelope, make_event
from tests.raw_http import CHUNKED, HEAD, connect, first_line
from tests.running import TOKEN, Answer, Pipeline, running_pipeline
from tests.waiting import eventually

# Above the size that passes whatever else is in hand.
LIMIT = 100_000
BEGINNING = 64 * 1024


@pytest.fixture
async def pipeline(amqp_url: str, database_url: str) -> AsyncIterator[Pipeline]:
    async with running_pipeline(
        amqp_url,
        database_url,
        workers=0,
        ingest_body_timeout=0.5,
        ingest_max_body_bytes=LIMIT,
        ingest_max_bytes_in_flight=2 * LIMIT,
    ) as running:
        yield running


@pytest.mark.parametrize("framing", ["announced", "chunked"])
@pytest.mark.parametrize("size", [LIMIT + 1, LIMIT * 16])
async def test_of_a_body_that_is_too_large_the_beginning_is_a_dead_letter(
    pipeline: Pipeline, size: int, framing: str
) -> None:
    body = (b"{" + bytes(range(256)) * 10_000)[:size]
    answer = await pipeline.post(body) if framing == "announced" else await chunked(pipeline, body)
    assert (answer.status, answer.json) == (200, {"accepted": 0, "dead_lettered": 1})
    (dead,) = await pipeline.dead_letters(1)
    assert dead.story.reason == "body_too_large"
    assert f"it has {size:,} bytes, of which the first {BEGINNING:,} are here" in dead.story.error
    assert dead.body.encode("utf-8", "surrogateescape") == body[:BEGINNING]
    assert dead.headers["body-length"] == size
    assert dead.headers["body-sha256"] == sha256(body).hexdigest()


async def chunked(pipeline: Pipeline, body: bytes) -> Answer:
    async def parts() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 1000):
            yield body[start : start + 1000]

    headers = {"Authorization": f"Bearer {TOKEN}"}
    url = f"{pipeline.url}/notifications"
    async with pipeline.http.post(url, data=parts(), headers=headers) as response:
        return Answer(response.status, await response.json(), {})


@pytest.mark.parametrize(
    "sent",
    [
        (HEAD % 5_000_000_000).encode() + b" " * (LIMIT * 16 + 1),
        (HEAD % 5_000_000_000).encode() + b" " * LIMIT,
        CHUNKED + b"fffff\r\n" + b" " * 0xFFFFF,
        CHUNKED + b"5\r\n{}",
    ],
    ids=["announced", "announced, not sent", "chunk", "half a chunk"],
)
async def test_a_sender_that_is_not_done_is_408(pipeline: Pipeline, sent: bytes) -> None:
    assert b" 408 " in await first_line(pipeline.url, sent)


async def test_a_body_that_breaks_off_is_408(pipeline: Pipeline) -> None:
    reader, writer = await connect(pipeline.url)
    writer.write(CHUNKED + b"2\r\n{}\r\n")
    await eventually(partial(in_flight, pipeline, 1))
    writer.write(b"no chunk\r\n")
    assert b" 408 " in await reader.readline()
    writer.close()


async def test_many_large_bodies_at_once_are_503_and_small_ones_pass(pipeline: Pipeline) -> None:
    waiting = [
        asyncio.ensure_future(first_line(pipeline.url, sent))
        for sent in ((HEAD % 5_000_000_000).encode(), CHUNKED)
    ]
    await eventually(partial(in_flight, pipeline, 2))
    large = await pipeline.post(b" " * (LIMIT + 1))
    assert (large.status, large.json) == (503, {"error": "too many bytes in hand"})
    assert (await pipeline.post(make_envelope(make_event()))).status == 200
    assert all(b" 408 " in line for line in await asyncio.gather(*waiting))
    assert (await pipeline.post(b" " * (LIMIT + 1))).status == 200


async def in_flight(pipeline: Pipeline, count: int) -> bool:
    async with pipeline.http.get(pipeline.url + "/metrics") as response:
        shown = await response.text()
    return f"registry_events_ingest_in_flight_requests {count}.0" in shown
