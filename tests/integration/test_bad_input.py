"""Every kind of bad input has its answer, and nothing of it is lost."""

import asyncio
import gzip
import json
import re
from codecs import BOM_UTF8
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.factories import make_envelope, make_event
from tests.running import TOKEN, Pipeline, emptied, running_pipeline
from tests.waiting import DEADLINE

DEEP = "[" * 100_000 + "]" * 100_000


# One loop, in which one pipeline runs for all tests.
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(shared_urls: tuple[str, str]) -> AsyncIterator[Pipeline]:
    async with running_pipeline(*shared_urls, ingest_deadline=60.0) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def pipeline(shared: Pipeline) -> AsyncIterator[Pipeline]:
    yield shared
    await emptied(shared)


@pytest.mark.parametrize(
    "token", ["", "Bearer wrong", TOKEN[:-1], "Bearer \udcff", "Basic " + TOKEN]
)
async def test_a_wrong_token_is_401(pipeline: Pipeline, token: str) -> None:
    answer = await pipeline.post(make_envelope(make_event()), Authorization=token)
    assert answer.status == 401
    assert await pipeline.rows() == []


async def test_no_token_is_401(pipeline: Pipeline) -> None:
    async with pipeline.http.post(f"{pipeline.url}/notifications", data=b"{}") as answer:
        assert answer.status == 401


@pytest.mark.parametrize("path", ["/notifications", "/api/v4/container_registry_event/events"])
@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("token", [TOKEN, f"Bearer {TOKEN}"])
async def test_both_paths_with_and_without_slash_and_raw_tokens(
    pipeline: Pipeline, path: str, slash: str, token: str
) -> None:
    answer = await pipeline.post(
        make_envelope(make_event()), path=path + slash, Authorization=token
    )
    assert answer.json == {"accepted": 1, "dead_lettered": 0}


@pytest.mark.parametrize(
    "content_type",
    [
        "application/vnd.docker.distribution.events.v1+json",
        "application/vnd.docker.distribution.events.v2+json",
        "application/json; charset=bogus",
        "text/nonsense",
        "",
    ],
)
async def test_the_content_type_decides_nothing(pipeline: Pipeline, content_type: str) -> None:
    answer = await pipeline.post(make_envelope(make_event()), Content_Type=content_type)
    assert (answer.status, answer.json["accepted"]) == (200, 1)


@pytest.mark.parametrize(
    "body", [b"{}", b" { } ", b'{"events": null, "a": 1}', b'{"events": []}', BOM_UTF8 + b"{}"]
)
async def test_an_envelope_without_events_is_accepted(pipeline: Pipeline, body: bytes) -> None:
    answer = await pipeline.post(body)
    assert (answer.status, answer.json) == (200, {"accepted": 0, "dead_lettered": 0})


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "the body is empty"),
        (b"[]", "not an object"),
        (b"not json", "not an object"),
        (b"\xff\xfe\x00", "not an object"),
        (b'{"events": [{"id": "1"', "the body ends too early"),
        (b'{"type": 1, "event_data": {}}', "no `events`: keys are `type`, `event_data`"),
        (b'{"Events": []}', "no `events`: its only key is `Events`"),
        (DEEP.encode(), "not an object"),
        (b'{%s"events": []}' % (b'"": 0,' * 600_000), "more than 1000 keys beside `events`"),
        (b'{"events": [%s]}' % (b"[" * 2_000_000), "more than 250000 brackets"),
    ],
    ids=[
        "empty",
        "list",
        "text",
        "bytes",
        "truncated",
        "another hook",
        "misspelt",
        "deep",
        "many keys",
        "many brackets",
    ],
)
async def test_a_body_that_is_no_envelope_is_dead_lettered_raw(
    pipeline: Pipeline, body: bytes, why: str
) -> None:
    answer = await pipeline.post(body)
    assert (answer.status, answer.json) == (200, {"accepted": 0, "dead_lettered": 1})
    (dead,) = await pipeline.dead_letters(1)
    assert (dead.story.reason, dead.story.error) == ("unreadable_body", why)
    assert dead.body.encode("utf-8", "surrogateescape") == body


async def test_a_compressed_body_is_dead_lettered_as_it_came(pipeline: Pipeline) -> None:
    body = gzip.compress(make_envelope(make_event()))
    answer = await pipeline.post(body, Content_Encoding="gzip")
    assert answer.json == {"accepted": 0, "dead_lettered": 1}
    (dead,) = await pipeline.dead_letters(1)
    assert dead.story.error == "the body is encoded (gzip)"
    assert dead.body.encode("utf-8", "surrogateescape") == body


INVALID: dict[str, tuple[Any, str]] = {
    "without id": ({"id": None}, "id: is null, not a text"),
    "number as id": ({"id": 5}, "id: is a number, not a text: 5"),
    "long id": ({"id": "x" * 256}, "id: is longer than 255 characters"),
    "NUL in id": ({"id": "a\x00"}, "id: contains NUL"),
    "surrogate in repository": ({"target": {"repository": "\ud800"}}, "contains a lone surrogate"),
    "NUL in tag": ({"target": {"repository": "a", "tag": "\x00"}}, "tag: contains NUL"),
    "number as repository": ({"target": {"repository": 5}}, "repository: is a number, not a text"),
    "no target": ({"target": None}, "target: is null, not an object"),
    "bad timestamp": ({"timestamp": "today"}, 'timestamp: is no RFC 3339 time: "today"'),
    "Go's zero time": ({"timestamp": "0001-01-01T00:00:00Z"}, "timestamp: is out of range"),
    "large": ({"request": {"useragent": "x" * 300_000}}, "is larger than 262144 characters"),
    "long action": ({"action": "\U0001f600" * 64}, "action: is longer than 60 characters"),
}
INVALID_TEXTS = {
    "1e400": ('{"id": 1e400}', "a number is out of range: 1e400"),
    "duplicate keys": ('{"id": "a", "id": "b"}', "a key stands twice in one object: id"),
    "deep nesting": (f'{{"id": {DEEP}}}', "nested too deeply"),
    "invalid UTF-8": ('{"id": "\udcff"}', "id: "),
    "a number": ("5", "event: is a number, not an object"),
    "no JSON": ("{'id': 1}", "is not JSON: it breaks at character 1"),
    "without keys": ("{}", "id: is missing; timestamp: is missing; action: is missing"),
}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        *((json.dumps({**make_event(), **changes}), why) for changes, why in INVALID.values()),
        *INVALID_TEXTS.values(),
    ],
    ids=[*INVALID, *INVALID_TEXTS],
)
async def test_an_invalid_event_is_dead_lettered_and_its_neighbours_are_recorded(
    pipeline: Pipeline, text: str, why: str
) -> None:
    before, after = (json.dumps(make_event()) for _ in range(2))
    body = f'{{"events": [{before}, {text}, {after}]}}'.encode("utf-8", "surrogateescape")
    answer = await pipeline.post(body)
    assert (answer.status, answer.json) == (200, {"accepted": 2, "dead_lettered": 1})
    (dead,) = await pipeline.dead_letters(1)
    assert dead.story.reason == "invalid_event"
    assert why in dead.story.error
    assert dead.body == text
    assert len(await pipeline.settled(2)) == 2


@pytest.mark.parametrize(
    "event",
    [
        {"action": "pull", "target": {"repository": "hunt/app"}},
        make_event("mount", timestamp="today"),
        make_event("pull", request={"useragent": "x" * 300_000}),
        make_event("PUSH", id=5),
    ],
    ids=["without id", "bad timestamp", "large", "of another verb"],
)
async def test_an_invalid_event_of_an_action_that_nobody_records_is_ignored(
    pipeline: Pipeline, event: dict[str, Any]
) -> None:
    before = await ignored(pipeline, event["action"])
    answer = await pipeline.post(make_envelope(event, {"id": "x"}, make_event()))
    assert answer.json == {"accepted": 1, "dead_lettered": 1, "ignored": 1}
    (dead,) = await pipeline.dead_letters(1)
    assert dead.body == json.dumps({"id": "x"})
    assert await ignored(pipeline, event["action"]) == before + 1


async def ignored(pipeline: Pipeline, action: str) -> float:
    async with pipeline.http.get(pipeline.url + "/metrics") as response:
        shown = await response.text()
    label = action if action in ("pull", "mount") else "other"
    labels = f'action="{label}",outcome="ignored",source="default"'
    count = re.escape(f"registry_events_ingest_events_total{{{labels}}}")
    found = re.search(rf"^{count} (.*)$", shown, re.MULTILINE)
    return float(found[1]) if found else 0.0


async def test_a_byte_order_mark_is_passed_over(pipeline: Pipeline) -> None:
    answer = await pipeline.post(BOM_UTF8 + make_envelope(make_event()))
    assert answer.json == {"accepted": 1, "dead_lettered": 0}
    assert len(await pipeline.settled(1)) == 1


async def test_keys_that_stand_twice_among_very_many_keep_nobody_waiting(
    pipeline: Pipeline,
) -> None:
    keys = "".join(f'"{number}":0,' for number in range(24_000))
    events = ",".join([f'{{{keys}"23999":0}}'] * 15)
    async with asyncio.timeout(DEADLINE):
        answer = await pipeline.post(f'{{"events": [{events}]}}'.encode())
    assert answer.json == {"accepted": 0, "dead_lettered": 15}
    errors = {dead.story.error for dead in await pipeline.dead_letters(15)}
    assert errors == {"a key stands twice in one object: 23999"}


async def test_hostile_texts_that_only_inform_are_stored_escaped(pipeline: Pipeline) -> None:
    event = make_event(
        id="not-a-uuid",
        actor={"name": "a\x00b\ud800"},
        request={"useragent": "x" * 100_000, "id": "\x1b[31m", "method": None},
        source={"addr": "\u202e", "instanceID": "i"},
    )
    assert (await pipeline.post(make_envelope(event))).json["accepted"] == 1
    (row,) = await pipeline.settled(1)
    assert (row["event_id"], row["actor"]) == ("not-a-uuid", r"a\x00b\ud800")
    assert (row["user_agent"], row["request_method"]) == ("x" * 100_000, None)


async def test_ten_thousand_events_in_one_envelope(pipeline: Pipeline) -> None:
    events = [
        {
            "id": str(number),
            "timestamp": "2026-11-24T00:00:00Z",
            "action": "push",
            "target": {"repository": "a/b"},
        }
        for number in range(10_000)
    ]
    answer = await pipeline.post(make_envelope(*events))
    assert answer.json == {"accepted": 10_000, "dead_lettered": 0}
    rows = await pipeline.settled(10_000)
    assert {row["event_id"] for row in rows} == {event["id"] for event in events}
    assert sum(row["action"] == "create_repository" for row in rows) == 1
