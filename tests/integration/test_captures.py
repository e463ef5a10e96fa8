"""Every recorded request of a real registry, through a real ingest and a real worker."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.running import Pipeline, emptied, running_pipeline
from tests.waiting import eventually

DATA = Path(__file__).parents[1] / "data"
CAPTURES = sorted((DATA / "captures").glob("*.json"))
# For each capture: [tracking action, repository, tag, digest, is there a geo event], sorted.
EXPECTED: dict[str, list[list[Any]]] = json.loads((DATA / "captured_rows.json").read_text())

KEPT = ("Content_Type", "Authorization", "User_Agent")
ROWS = """
SELECT tracking.action, repository, tracking.tag, tracking.digest, geo.id IS NOT NULL AS geo
FROM tracking_events AS tracking LEFT JOIN geo_events AS geo USING (event_id)
"""


def recorded_requests(capture: Path) -> list[dict[str, Any]]:
    requests: list[dict[str, Any]] = json.loads(capture.read_text())["requests"]
    return requests


async def replay(pipeline: Pipeline, capture: Path) -> None:
    for request in recorded_requests(capture):
        sent = {name.replace("-", "_"): value for name, value in request["headers"]}
        kept = {name: sent[name] for name in KEPT if name in sent}
        answer = await pipeline.post(request["body"].encode(), **kept)
        assert (answer.status, answer.json["dead_lettered"]) == (200, 0)


# One loop, in which one pipeline runs for all tests.
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(shared_urls: tuple[str, str]) -> AsyncIterator[Pipeline]:
    async with running_pipeline(*shared_urls) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def pipeline(shared: Pipeline) -> AsyncIterator[Pipeline]:
    yield shared
    await emptied(shared)


@pytest.mark.parametrize("capture", CAPTURES, ids=lambda capture: capture.stem)
async def test_capture(capture: Path, pipeline: Pipeline) -> None:
    supported = {
        event["id"]
        for request in recorded_requests(capture)
        for event in json.loads(request["body"])["events"]
        if event["action"] in ("push", "delete")
    }
    await replay(pipeline, capture)

    async def recorded() -> bool:
        return len(await pipeline.rows()) >= len(supported)

    await eventually(recorded)
    rows = [list(row) for row in await pipeline.database.fetch(ROWS)]
    assert sorted(rows, key=str) == EXPECTED[capture.stem]
