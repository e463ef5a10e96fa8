"""Requests of other registries, by HTTP: what is answered, and what becomes of them."""

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from typing import Any

import pytest
import pytest_asyncio

import ingest.app
from console.dead_letters.operations.messages import requeued, why_not
from console.local.servers.rabbitmq import RabbitMQ
from ingest.registries import quay
from ingest.registries.adapter import Sent
from ingest.sources import greeting
from shared.service import StartError
from tests import samples
from tests.factories import make_envelope, make_event
from tests.running import TOKEN, Answer, Pipeline, emptied, make_settings, running_pipeline

SECRET = "s3cret-for-tests"
BODY = b'{"repository": "team/app", "docker_url": "quay.example/team/app", "updated_tags": ["v1"]}'
TAKEN = {"accepted": 1, "dead_lettered": 0, "ignored": None}
SOURCES = [
    {"name": "one", "registry": "quay", "auth": {"query": [SECRET]}},
    {"name": "site-a", "registry": "distribution", "auth": {"token": [SECRET]}},
    {"name": "site-b", "registry": "distribution", "auth": {"token": [SECRET]}},
]
QUAY = f"/notifications/quay?token={SECRET}"


# One loop, in which one pipeline runs for all tests.
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(shared_urls: tuple[str, str]) -> AsyncIterator[Pipeline]:
    async with running_pipeline(*shared_urls, sources=json.dumps(SOURCES)) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def pipeline(shared: Pipeline) -> AsyncIterator[Pipeline]:
    yield shared
    await emptied(shared)


@pytest_asyncio.fixture(loop_scope="module")
async def alone(amqp_url: str, database_url: str) -> AsyncIterator[Pipeline]:
    """A pipeline that has counted nothing, and that may be broken."""
    async with running_pipeline(amqp_url, database_url, sources=json.dumps(SOURCES)) as running:
        yield running


async def send(pipeline: Pipeline, path: str, body: bytes = BODY, **headers: str) -> Answer:
    """Without what `Pipeline.post` adds."""
    async with pipeline.http.post(
        pipeline.url + path, data=BytesIO(body), headers=headers
    ) as response:
        return Answer(response.status, await response.json(), dict(response.headers))


async def test_every_sample_is_answered_and_recorded(amqp_url: str, database_url: str) -> None:
    sources = json.dumps([sample.source for sample in samples.ALL])
    async with running_pipeline(
        amqp_url, database_url, sources=sources, insecure_no_auth=True
    ) as pipeline:
        wanted: dict[str, Mapping[str, Any]] = {}
        for sample in samples.ALL:
            answer = await send(pipeline, sample.path, sample.body, **sample.headers)
            assert (answer.status, answer.json) == (200, _answer(sample)), sample.name
            # Two samples may be of one event, sent in two ways.
            for at, one in enumerate(sample.events):
                if one["tracking"]:
                    wanted[one["event_id"] or f"{sample.name} {at}"] = one
        rows = await pipeline.settled(len(wanted))
        found = sorted(_told([dict(row) for row in rows]))
        assert found == sorted(_told(wanted.values()))


def _answer(sample: samples.Sample) -> object:
    if sample.answer:
        return sample.answer["json"]
    ignored = sample.expected["ignored"] if isinstance(sample.expected, dict) else None
    return {"accepted": len(sample.events), "dead_lettered": 0, "ignored": ignored}


def _told(events: Iterable[Mapping[str, Any]]) -> list[str]:
    names = ("repository", "tag", "digest", "actor")
    return [" ".join(str(one[name] or "-") for name in names) for one in events]


@pytest.mark.parametrize("path", ["/quay/one", "/quay/one/", "/quay", "/quay/"])
async def test_a_source_that_is_alone_needs_no_name(pipeline: Pipeline, path: str) -> None:
    answer = await send(pipeline, f"/notifications{path}?token={SECRET}")
    assert (answer.status, answer.json) == (200, TAKEN)
    (row,) = await pipeline.settled(1)
    assert (row["action"], row["repository"], row["tag"]) == ("push_tag", "team/app", "v1")


NOBODY = {
    "harbour": "no source of a registry harbour is configured",
    "harbour/x": "no source of a registry harbour is configured",
    "quay/two/": "no source of quay is called two",
    "distribution": "there is more than one source of distribution: end the path with the name "
    "of one",
    "a%0ab": "no source of a registry a\\x0ab is configured",
}


@pytest.mark.parametrize(("path", "why"), NOBODY.items(), ids=NOBODY)
async def test_who_is_not_configured_is_told_so(pipeline: Pipeline, path: str, why: str) -> None:
    answer = await send(pipeline, f"/notifications/{path}")
    assert (answer.status, answer.json) == (404, {"error": why})


async def test_other_methods_are_refused(pipeline: Pipeline) -> None:
    for path in ("/notifications/quay", "/notifications/quay/one"):
        for method in ("GET", "PUT", "OPTIONS"):
            async with pipeline.http.request(method, pipeline.url + path) as response:
                assert (response.status, response.headers["Allow"]) == (405, "POST")


async def test_a_named_distribution_is_as_today_but_for_its_name(pipeline: Pipeline) -> None:
    body = make_envelope(make_event(), make_event("push", ""))
    path = "/notifications/distribution/site-a"
    answer = await send(pipeline, path, body, Authorization=f"Bearer {SECRET}")
    assert (answer.status, answer.json) == (200, {"accepted": 1, "dead_lettered": 1})
    assert len(await pipeline.settled(1)) == 1
    (dead,) = await pipeline.dead_letters(1)
    assert dead.headers["registry-source"] == "site-a"
    assert "registry" not in dead.headers
    refused = await send(pipeline, path, body, Authorization=f"Bearer {TOKEN}")
    assert refused.status == 401


async def test_what_is_ignored_is_200_and_says_why(pipeline: Pipeline) -> None:
    answer = await send(pipeline, QUAY, b'{"vulnerability": {}}')
    assert answer.status == 200
    assert answer.json["ignored"] == "no updated_tags: not repo_push"


async def test_what_cannot_be_read_is_a_dead_letter_that_is_read_again(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = await send(pipeline, QUAY, b"v1", **{"Content-Type": "x/y", "Cookie": "c00kie"})
    assert (answer.status, answer.json) == (200, {**TAKEN, "accepted": 0, "dead_lettered": 1})
    (dead,) = await pipeline.dead_letters(1)
    assert (dead.body, dead.story.reason) == ("v1", "unreadable_body")
    assert json.loads(dead.headers["request-headers"]) == {"content-type": "x/y"}
    assert (dead.headers["registry"], dead.headers["registry-source"]) == ("quay", "one")
    assert "no event in it either" in why_not(dead, max_requeues=3)

    def read(sent: Sent) -> Any:
        return quay.read(sent._replace(body=BODY))

    later = {"quay": quay.REGISTRY._replace(read=read)}
    monkeypatch.setattr("ingest.normalisation.REGISTRIES", later)
    assert why_not(dead, max_requeues=3) == ""
    (message,) = requeued(dead, by="anna", at=datetime.now(UTC))
    assert message.headers["event-id"] == dead.headers["receipt-id"]
    assert message.headers["registry-source"] == "one"


async def test_a_body_that_is_too_large_is_a_dead_letter(pipeline: Pipeline) -> None:
    answer = await send(pipeline, QUAY, b" " * (5 * 1024 * 1024))
    assert (answer.status, answer.json["dead_lettered"]) == (200, 1)
    (dead,) = await pipeline.dead_letters(1)
    assert (dead.story.reason, dead.headers["registry"]) == ("body_too_large", "quay")


async def test_an_invalid_event_is_a_dead_letter_in_distributions_shape(
    pipeline: Pipeline,
) -> None:
    answer = await send(pipeline, QUAY, BODY.replace(b"team/app", b"Team/App"))
    assert answer.json["dead_lettered"] == 1
    (dead,) = await pipeline.dead_letters(1)
    assert (dead.story.reason, dead.repository) == ("invalid_event", "Team/App")
    assert dead.headers["registry-source"] == "one"


async def test_the_counters_say_of_which_source(alone: Pipeline) -> None:
    assert (await send(alone, QUAY)).status == 200
    assert (await send(alone, "/notifications/quay/one")).status == 401
    assert (await send(alone, "/notifications/nobody/x")).status == 404
    async with alone.http.get(alone.url + "/metrics") as response:
        shown = await response.text()
    for line in (
        'registry_events_ingest_requests_total{source="one",status="200"} 1.0',
        'registry_events_ingest_requests_total{source="one",status="401"} 1.0',
        'registry_events_ingest_events_total{action="push",outcome="accepted",source="one"} 1.0',
    ):
        assert line in shown
    assert "nobody" not in shown


async def test_a_handshake_is_answered_with_what_the_registry_waits_for(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    greets = quay.REGISTRY._replace(answer=lambda sent: {"echo": len(sent.body)})
    monkeypatch.setattr("ingest.normalisation.REGISTRIES", {"quay": greets})
    assert (await send(pipeline, QUAY)).json == {"echo": len(BODY)}
    assert (await send(pipeline, "/notifications/quay")).status == 401
    assert await pipeline.rows() == []


async def test_an_origin_that_asks_may_send(
    amqp_url: str, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(greeting, "REGISTRIES", frozenset({"quay"}))
    sources = json.dumps(SOURCES)
    async with running_pipeline(amqp_url, database_url, sources=sources, workers=0) as pipeline:
        options = partial(pipeline.http.options, f"{pipeline.url}/notifications/quay/one")
        async with options(headers={"WebHook-Request-Origin": "eventgrid.azure.net"}) as response:
            assert response.status == 200
            assert response.headers["WebHook-Allowed-Origin"] == "eventgrid.azure.net"
            assert response.headers["WebHook-Allowed-Rate"] == "*"
        async with options(headers={"WebHook-Request-Origin": "a b"}) as response:
            assert response.status == 405


async def test_what_the_broker_does_not_confirm_is_503(alone: Pipeline, rabbitmq: RabbitMQ) -> None:
    rabbitmq.pause()
    try:
        answer = await send(alone, QUAY)
    finally:
        rabbitmq.resume()
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")


@pytest.mark.parametrize("setting", ["sources", "tokens"])
async def test_ingest_does_not_start_open(amqp_url: str, database_url: str, setting: str) -> None:
    sources = [{"name": "one", "registry": "quay", "auth": {"none": True}}]
    given: dict[str, Any] = {"sources": json.dumps(sources if setting == "sources" else [])}
    given |= {"tokens": ()} if setting == "tokens" else {}
    with pytest.raises(StartError, match=r"--insecure-no-auth"):
        await ingest.app.run(make_settings(amqp_url, database_url, **given))


async def test_with_sources_alone_nobody_else_sends(amqp_url: str, database_url: str) -> None:
    sources = json.dumps(SOURCES)
    async with running_pipeline(
        amqp_url, database_url, sources=sources, tokens=(), workers=0
    ) as pipeline:
        assert (await send(pipeline, QUAY)).status == 200
        assert (await pipeline.post(make_envelope(make_event()))).status == 401
