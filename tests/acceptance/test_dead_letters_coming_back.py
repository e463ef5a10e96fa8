"""What `registry-events dead-letters requeue` says of those that died again."""

import json

import asyncpg
import pytest

from tests.acceptance.burying import buried, bury, operate
from tests.databases import refuse_poison
from tests.factories import make_event
from tests.processes import Processes

CANARY = ("requeue", "--all", "--yes", "--canary", "1")


@pytest.fixture
async def poison(processes: Processes, database_url: str) -> None:
    """Three dead letters that die again, and a worker."""
    connection = await asyncpg.connect(database_url)
    await refuse_poison(connection)
    await connection.close()
    events = [make_event(repository="team/poison", id=f"event-{number}") for number in range(3)]
    await bury(processes.amqp_url, events)
    processes.worker()


@pytest.mark.usefixtures("poison")
async def test_a_canary_that_died_is_named_with_what_shows_it(processes: Processes) -> None:
    done = await operate(processes, *CANARY)
    assert done.returncode == 4
    assert "(event-0: recording_failed, RaiseError: no row for team/poison)" in done.stderr
    *_, canary = await buried(processes.amqp_url)
    lines = done.stdout.splitlines()
    (at,) = [number for number, line in enumerate(lines) if "came back so far, as of " in line]
    assert lines[at].startswith("  1 came back so far, as of ")
    assert lines[at + 1].endswith("1  recording_failed  RaiseError: no row for *")
    assert lines[at + 2].strip() == f"registry-events dead-letters show {canary.message_id}"
    shown = await operate(processes, *lines[at + 2].split()[2:])
    assert "requeued      1 times" in shown.stdout


@pytest.mark.usefixtures("poison")
async def test_the_same_as_json(processes: Processes) -> None:
    done = await operate(processes, *CANARY, "-o", "json")
    came_back = json.loads(done.stdout)["came_back"]
    (group,) = came_back["groups"]
    assert (came_back["count"], came_back["unknown"]) == (1, "")
    assert (group["count"], group["reason"]) == (1, "recording_failed")
    assert group["error"] == "RaiseError: no row for *"
    *_, canary = await buried(processes.amqp_url)
    assert group["example"] == canary.message_id


async def test_nothing_that_was_not_sent_came_back(processes: Processes) -> None:
    await bury(processes.amqp_url, [make_event() for _ in range(2)])
    done = await operate(processes, "requeue", "--all", "--yes")
    assert "  none came back so far, as of " in done.stdout
    await bury(processes.amqp_url, [make_event()], headers={"requeue-count": 9})
    skipped = await operate(processes, "requeue", "--all", "--yes")
    assert "came back" not in skipped.stdout
