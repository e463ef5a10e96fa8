"""Every rule, in both modes of the catalogue, as rows of a real database."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from shared.database import Pool, new_pool
from shared.event import Event
from shared.settings import CatalogueMode
from tests.databases import EMPTY
from tests.factories import make_event
from tests.running import make_settings
from worker.recorder import Recorder

pytestmark = pytest.mark.asyncio(loop_scope="module")

CASES = [
    case
    for case in json.loads((Path(__file__).parents[1] / "data" / "classification.json").read_text())
    if not case["invalid"]
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool(shared_urls: tuple[str, str]) -> AsyncIterator[Pool]:
    settings = make_settings(*shared_urls)
    async with new_pool(settings, url=shared_urls[1], application="test") as opened:
        yield opened


@pytest.mark.parametrize(
    ("case", "mode"),
    [
        pytest.param(case, mode, id=f"{case['name']}, {mode}")
        for case in CASES
        for mode in CatalogueMode
        if case["mode"] in (mode, "both")
    ],
)
async def test_conformance(pool: Pool, case: dict[str, Any], mode: CatalogueMode) -> None:
    await pool.execute(EMPTY)
    path = case["event"]["target"]["repository"]
    if case["repository_row"]:
        await pool.execute(
            "INSERT INTO container_repositories (path, creation_pending) VALUES ($1, $2)",
            path,
            case.get("creation_pending", False),
        )
    event = Event.parse(json.dumps({**make_event(), **case["event"]}))
    await Recorder(pool, mode=mode, geo_enabled=True).record([event])
    actions = [row["action"] for row in await pool.fetch("SELECT action FROM tracking_events")]
    assert actions == ([case["tracking_action"]] if case["tracking_action"] else [])
    assert await pool.fetchval("SELECT count(*) FROM geo_events") == case["geo_event"]
    if mode is CatalogueMode.REGISTER and "row_after" in case:
        rows = await pool.fetchval("SELECT count(*) FROM container_repositories")
        assert bool(rows) == case["row_after"]
    if "creation_pending_after" in case:
        pending = await pool.fetchval("SELECT creation_pending FROM container_repositories")
        assert pending == case["creation_pending_after"]
    if mode is CatalogueMode.LOOKUP:
        rows = await pool.fetchval("SELECT count(*) FROM container_repositories")
        assert bool(rows) == case["repository_row"]
