"""What is recorded, found, shown and counted by the commands."""

import asyncio
import csv
import io
import json
import subprocess
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

import asyncpg
import pytest
from rich.cells import cell_len

from tests.processes import Processes, run
from tests.recorded import NOON, record

HOSTILE = "\u202e" + "x" * 4 + "\x1b[2J" + "漢" * 100
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


async def told(
    processes: Processes, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    given = {**processes.environment, **environment}
    return await asyncio.to_thread(run, *arguments, **given)


async def test_events_are_found_page_by_page(processes: Processes, database: Any) -> None:
    ids = [await record(database, tag=f"v{number}") for number in range(5)]
    await record(database, repository="other/app", actor="bob")
    search = ("events", "search", "--repository", "team/*", "--limit", "3", "-o", "json")
    first = json.loads((await told(processes, *search)).stdout)
    second = json.loads((await told(processes, *search, "--after", first["after"])).stdout)
    assert second["after"] is None
    found = [event["event_id"] for page in (first, second) for event in page["events"]]
    assert found == sorted(ids, reverse=True)
    done = await told(processes, "events", "search", "--actor", "bob", "-o", "csv")
    (row,) = csv.DictReader(io.StringIO(done.stdout))
    assert (row["repository"], row["actor"]) == ("other/app", "bob")
    lines = (await told(processes, "events", "search", "--limit", "2", "-o", "jsonl")).stdout
    assert len(lines.splitlines()) == 2
    assert all(json.loads(line)["registry_source"] == "default" for line in lines.splitlines())


async def test_what_is_not_there_or_wrong_is_said(processes: Processes) -> None:
    nothing = await told(processes, "events", "search", "--tag", "v1")
    assert (nothing.returncode, nothing.stderr) == (3, "nothing matched\n")
    assert (await told(processes, "events", "show", "nobody")).returncode == 3
    wrong = await told(processes, "events", "search", "--after", "x")
    assert wrong.returncode == 2
    assert "this is no place where a page of events ended" in wrong.stderr
    assert (await told(processes, "report")).returncode == 3
    drawn = await told(processes, "report", "--by", "month", "-o", "svg")
    assert drawn.returncode == 2


async def test_all_of_one_event_is_shown(processes: Processes, database: Any) -> None:
    event_id = await record(database, tag="v1", user_agent="skopeo/1.9.3")
    done = await told(processes, "events", "show", event_id)
    assert "2026-03-10 12:00:00 UTC" in done.stdout
    assert "skopeo/1.9.3" in done.stdout
    assert "recorded as push_tag, 1.0 s after it happened" in done.stdout
    (document,) = json.loads(
        (await told(processes, "events", "show", event_id, "-o", "json")).stdout
    )
    assert (document["tag"], document["geo_event"]) == ("v1", None)


async def test_no_line_is_longer_than_the_terminal(processes: Processes, database: Any) -> None:
    now = datetime.now(UTC)
    texts = {"repository": HOSTILE, "tag": HOSTILE, "actor": HOSTILE, "event_id": HOSTILE}
    await record(database, occurred_at=now, digest=HOSTILE, **texts)
    commands = (
        ("events", "search"),
        ("events", "show", HOSTILE),
        *(("report", "--by", by) for by in ("day", "repository", "day-repository", "month")),
    )
    for columns in (80, 120):
        for command in commands:
            done = await told(processes, *command, COLUMNS=str(columns))
            assert done.returncode == 0, done.stderr
            for line in done.stdout.splitlines():
                assert cell_len(line) <= columns, (command, line)
                assert line.isprintable()


async def test_what_was_done_is_counted(processes: Processes, database: Any) -> None:
    await record(database, actor="alice")
    await record(database, actor="bob", action="create_repository")
    await record(database, actor="bob", repository="other/app", action="delete_tag")
    since = ("--since", "2026-03-01", "--until", "2026-03-31")

    async def counted(*more: str) -> Any:
        done = await told(processes, "report", *since, *more, "-o", "json")
        assert "counted until" in done.stderr, done.stderr
        return json.loads(done.stdout)

    day = {"day": "2026-03-10", "pushes": 1, "deletes": 1, "creations": 1}
    assert await counted() == [day]
    assert await counted("--repository", "team/*") == [{**day, "deletes": 0}]
    both = await counted("--by", "day-repository")
    assert [row["repository"] for row in both] == ["other/app", "team/app"]
    await record(database, actor="carol", occurred_at=NOON, recorded_at=datetime.now(UTC))
    actors = {row["action"]: row["actors"] for row in await counted("--by", "month")}
    assert actors == {"create_repository": 1, "delete_tag": 1, "push_tag": 1}


async def test_days_are_drawn(processes: Processes, database: Any) -> None:
    await record(database)
    await record(database, action="delete_tag")
    done = await told(processes, "report", "--since", "2026-03-01", "-o", "svg")
    assert not done.returncode, done.stderr
    drawn = ET.fromstring(done.stdout)  # noqa: S314  our own
    titles = [title.text for title in drawn.iter(f"{SVG}title")]
    assert "2026-03-10: 1 pushes, 0 creations, 1 deletes" in titles
