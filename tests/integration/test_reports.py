"""Faults of public reports: what the reported sender sent, and what has to become of it."""

import json
from base64 import b64encode
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.reports import reported_request, send
from tests.running import TOKEN, Answer, Pipeline, emptied, running_pipeline

RECORDED = {"accepted": 1, "dead_lettered": 0}
DEAD = {"accepted": 0, "dead_lettered": 1}


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


async def send_reported(pipeline: Pipeline, number: str, **changes: str) -> Answer:
    """Send it with the token; `changes` are texts of its body and what stands there instead."""
    request = reported_request(number)
    for old, new in changes.items():
        assert old in request["body"]
        request["body"] = request["body"].replace(old, new)
    authorization = request["headers"]["Authorization"].replace("<token>", TOKEN)
    return await send(pipeline, request, Authorization=authorization)


async def test_a_huge_user_agent_blocks_nobody(pipeline: Pipeline) -> None:
    answer = await send_reported(pipeline, "01", **{'"UA"': json.dumps("\\u003c" * 1_000_000)})
    assert (answer.status, answer.json) == (200, DEAD)
    (dead,) = await pipeline.dead_letters(1)
    assert (dead.story.reason, len(dead.body)) == ("body_too_large", 64 * 1024)
    assert dead.body.startswith('{\n   "events": [\n      {\n         "id": "70f0fafc-')
    assert dead.headers["body-length"] > 6_000_000


@pytest.mark.parametrize(
    ("number", "keys"),
    [
        ("02", "`id`, `timestamp`, `action`, `target`, `request`"),
        ("05", "`push_data`, `repository`"),
        ("08", "`specversion`, `id`, `source`, `type`, `time`, `data`"),
    ],
    ids=["an event of ACR", "a hook of Docker Hub", "a CloudEvent of zot"],
)
async def test_what_is_no_envelope_is_a_dead_letter_that_says_what_it_looks_like(
    pipeline: Pipeline, number: str, keys: str
) -> None:
    assert (await send_reported(pipeline, number)).json == DEAD
    (dead,) = await pipeline.dead_letters(1)
    assert dead.story.reason == "unreadable_body"
    assert dead.story.error == f"no `events`: keys are {keys}"
    assert dead.body == reported_request(number)["body"]


@pytest.mark.parametrize(
    ("number", "action"),
    [("12", "create_repository"), ("13", "push_tag"), ("22", "create_repository")],
    ids=["a blob", "a tagged first push", "one registry of two"],
)
async def test_a_first_push(pipeline: Pipeline, number: str, action: str) -> None:
    assert (await send_reported(pipeline, number)).json == RECORDED
    (row,) = await pipeline.settled(1)
    request = json.loads(reported_request(number)["body"])["events"][0]["request"]
    assert (row["action"], row["request_host"]) == (action, request["host"])
    (repository,) = await pipeline.rows("container_repositories")
    assert repository["creation_pending"] is (action == "push_tag")


async def test_two_registries_with_one_name_are_told_apart_by_their_host(
    pipeline: Pipeline,
) -> None:
    await send_reported(pipeline, "22")
    first = "11111111-1111-4111-8111-111111111122"
    await send_reported(pipeline, "22", **{first: "other", "reg-a.example": "reg-b.example"})
    rows = await pipeline.settled(2)
    assert {row["request_host"] for row in rows} == {"reg-a.example", "reg-b.example"}


async def test_an_invalid_pull_is_ignored(pipeline: Pipeline) -> None:
    answer = await send_reported(pipeline, "15")
    assert answer.json == {"accepted": 0, "dead_lettered": 0, "ignored": 1}


async def test_a_wrong_token_is_told_the_scheme(pipeline: Pipeline) -> None:
    answer = await send_reported(pipeline, "16")
    assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


async def test_the_password_of_basic_is_the_token(pipeline: Pipeline) -> None:
    credentials = b64encode(f"registry:{TOKEN}".encode()).decode()
    request = reported_request("18")
    assert request["headers"]["Authorization"] == "Basic <base64 of registry:token>"
    answer = await pipeline.post(request["body"].encode(), Authorization=f"Basic {credentials}")
    assert (answer.status, answer.json) == (200, RECORDED)


async def test_a_rename_is_a_geo_event_of_the_repository_at_its_new_path(
    pipeline: Pipeline,
) -> None:
    assert (await send_reported(pipeline, "19")).json == RECORDED
    (geo,) = await pipeline.settled(1, "geo_events")
    assert (geo["action"], geo["former_path"]) == ("rename", "hunt/a/project")
    (row,) = await pipeline.rows("container_repositories")
    assert (row["id"], row["path"]) == (geo["container_repository_id"], "hunt/b/project")
    assert await pipeline.rows() == []


async def test_a_byte_order_mark_is_passed_over(pipeline: Pipeline) -> None:
    assert reported_request("25")["body"].startswith("\ufeff")
    assert (await send_reported(pipeline, "25")).json == RECORDED
    (row,) = await pipeline.settled(1)
    assert row["repository"] == "hunt/app"
