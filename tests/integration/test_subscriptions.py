"""Amazon SNS waits until its subscription is confirmed: what an operator is told of it."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from tests import samples
from tests.consoles import running_console
from tests.running import Pipeline, running_pipeline
from tests.status import status_of

SAMPLES = {one.name: one for one in samples.ALL}
CONFIRMATION = SAMPLES["ecr/sns-subscription-confirmation"]
NOTIFICATION = SAMPLES["ecr/sns-wrapped-push"]
SECRET = samples.SECRET
URL = json.loads(CONFIRMATION.body)["SubscribeURL"]
SOURCES = [{"name": "prod-ecr", "registry": "ecr", "auth": {"query": [SECRET]}}]
WAITS = "source prod-ecr: Amazon SNS asks to confirm the subscription"


@pytest.fixture
async def pipeline(amqp_url: str, database_url: str) -> AsyncIterator[Pipeline]:
    sources = json.dumps(SOURCES)
    async with running_pipeline(amqp_url, database_url, sources=sources) as running:
        yield running


async def answered(
    pipeline: Pipeline, sample: samples.Sample, *, secret: str = SECRET
) -> tuple[int, Mapping[str, Any]]:
    url = f"{pipeline.url}/notifications/ecr?token={secret}"
    async with pipeline.http.post(url, data=sample.body, headers=sample.headers) as response:
        return response.status, await response.json()


async def test_one_is_shown_until_its_topic_sends(
    pipeline: Pipeline, amqp_url: str, database_url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    status, told = await answered(pipeline, CONFIRMATION)
    assert (status, told["accepted"], told["dead_lettered"]) == (200, 0, 0)
    assert URL in told["ignored"]
    assert URL in "".join(capfd.readouterr())
    shown = await status_of(pipeline, "-o", "json")
    (finding,) = json.loads(shown)["findings"]
    assert WAITS in finding["text"]
    assert finding["text"].endswith(f"open {URL}")
    async with running_console(amqp_url, database_url, console_services=pipeline.url) as visitor:
        assert URL in (await visitor.get("/")).text
    assert (await answered(pipeline, NOTIFICATION))[1]["accepted"] == 1
    assert WAITS not in await status_of(pipeline)


async def test_who_proves_nothing_asks_for_nothing(
    pipeline: Pipeline, capfd: pytest.CaptureFixture[str]
) -> None:
    assert (await answered(pipeline, CONFIRMATION, secret="a-guess"))[0] == 401
    assert WAITS not in await status_of(pipeline)
    assert URL not in "".join(capfd.readouterr())
