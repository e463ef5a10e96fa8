"""Pulls before an operator: the command, and what status says of their queue."""

import asyncio
import csv
import json
from collections.abc import Sequence
from typing import Any

from tests.factories import LAYER, make_envelope, make_event
from tests.processes import run
from tests.running import running_pipeline
from tests.status import status
from tests.waiting import eventually

OLD = "2026-01-10T10:00:00Z"


def pull(repository: str, **changes: Any) -> dict[str, Any]:
    return make_event("pull", repository, request={"method": "GET"}, **changes)


async def asked(database_url: str, *arguments: str) -> Sequence[dict[str, Any]]:
    """What the command prints as JSON; nothing where it says that nothing matched."""
    done = await asyncio.to_thread(
        run, "pulls", "-o", "json", *arguments, DATABASE_URL=database_url, COLUMNS="80"
    )
    assert done.returncode in {0, 3}, done.stderr
    found: Sequence[dict[str, Any]] = json.loads(done.stdout) if done.stdout else []
    return found


async def test_the_command_says_who_is_still_used(amqp_url: str, database_url: str) -> None:
    events = [
        pull("team/used", target={"tag": "v1"}),
        pull("team/used", target={"mediaType": LAYER}),
        pull("team_x/old", timestamp=OLD),
        make_event(repository="team/never", target={"tag": "v1"}),
    ]
    async with running_pipeline(amqp_url, database_url, pulls=True) as pipeline:
        await pipeline.post(make_envelope(*events))
        await pipeline.settled(3, "pull_counts")
        await pipeline.settled(1)
    everything = await asked(database_url)
    assert [one["repository"] for one in everything] == ["team/used", "team_x/old", "team/never"]
    assert everything[0]["manifest_gets"] == everything[0]["blob_gets"] == 1
    assert everything[2]["last_pulled_at"] is None
    unused = await asked(database_url, "--not-pulled-since", "2026-06-01")
    assert [one["repository"] for one in unused] == ["team_x/old", "team/never"]
    tags = await asked(database_url, "--tags", "--repository", "team/*")
    assert sorted(one["tag"] for one in tags) == ["", "v1"]
    assert [one["tag"] for one in await asked(database_url, "--tag", "v?")] == ["v1"]
    assert not await asked(database_url, "--repository", "team?old")
    assert [one["repository"] for one in await asked(database_url, "--since", "2026-06-01")] == [
        "team/used"
    ]
    assert not await asked(database_url, "--source", "harbor")
    text = await asyncio.to_thread(run, "pulls", DATABASE_URL=database_url, COLUMNS="80")
    assert "never" in text.stdout
    assert max(map(len, text.stdout.splitlines())) <= 80
    table = await asyncio.to_thread(run, "pulls", "-o", "csv", DATABASE_URL=database_url)
    assert [row["repository"] for row in csv.DictReader(table.stdout.splitlines())] == [
        "team/used", "team_x/old", "team/never"
    ]  # fmt: skip


async def test_status_says_that_nobody_counts(amqp_url: str, database_url: str) -> None:
    async with running_pipeline(amqp_url, database_url, workers=0, pulls=True) as pipeline:
        await pipeline.post(make_envelope(pull("team/app")))

        async def waiting() -> dict[str, Any] | None:
            seen: dict[str, Any] = json.loads(
                (await status(amqp_url, database_url, "-o", "json")).stdout
            )
            return seen if seen["broker"]["pulls"] == {"ready": 1, "consumers": 0} else None

        seen = await eventually(waiting)
    assert seen
    (told,) = [one["text"] for one in seen["findings"] if "pull" in one["text"]]
    assert told.startswith("no worker counts pulls: 1 pull waits; ")
    shown = (await status(amqp_url, database_url)).stdout
    assert any(line.startswith("registry.events.pulls ") for line in shown.splitlines())
