"""A running ingest is as its OpenAPI document says, whoever asks what of it."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ingest.registries import REGISTRIES
from shared.origin import DISTRIBUTION
from tests.running import TOKEN, Pipeline, running_pipeline

SOURCES = [
    {"name": f"a-{one}", "registry": one, "auth": {"token": [TOKEN]}}
    for one in [DISTRIBUTION, *REGISTRIES]
]
# The same requests each time, and few of them.
ASKS = (
    *("--phases", "fuzzing", "--max-examples", "4"),
    *("--seed", "1", "--generation-database", "none"),
    # Of a handshake it depends on the registry whether there is one.
    *("--include-method", "GET", "--include-method", "POST"),
    # A sender that is known is refused nothing for what it sends, so no body is a wrong one.
    *("--exclude-checks", "negative_data_rejection"),
)


@pytest.fixture
async def pipeline(amqp_url: str, database_url: str) -> AsyncIterator[Pipeline]:
    sources = json.dumps(SOURCES)
    async with running_pipeline(amqp_url, database_url, workers=0, sources=sources) as running:
        yield running


async def test_what_is_asked_is_answered_as_described(pipeline: Pipeline, tmp_path: Path) -> None:
    asked = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", "run", f"{pipeline.url}/openapi.json"),
        *("--header", f"Authorization: {TOKEN}", *ASKS),
        # Where it leaves what it found.
        cwd=tmp_path,
        stdout=PIPE,
        stderr=STDOUT,
    )
    told, _ = await asked.communicate()
    assert asked.returncode == 0, told.decode()
