"""Exit codes, streams and the audit trail of `registry-events dead-letters`."""

import json
from collections.abc import Sequence
from typing import Any

import asyncpg
import pytest

from console.local.network.ports import free_port
from console.local.servers.rabbitmq import RabbitMQ
from shared.amqp.topology import DEAD_QUEUE, EVENTS_QUEUE
from tests.acceptance.burying import bury, operate, result
from tests.factories import make_event
from tests.processes import Processes, run, waiting
from tests.waiting import eventually

CHANGES = ("requeue", "discard")


@pytest.mark.parametrize(
    "arguments",
    [
        ("requeue", "--yes"),
        ("discard", "--yes"),
        ("requeue", "--all", "--group", "a1f3c9", "--yes"),
        ("requeue", "--all", "--yes", "--rate", "fast"),
        ("discard", "--id", "", "--yes"),
        ("discard", "--repository", " ", "--yes"),
        ("tail", "-n", "-5"),
        ("tail", "--limit", "5"),
        ("summary", "--limit", "5"),
        ("show", ""),
        ("edit", "", "--yes"),
        ("list", "--since", "yesterday"),
        ("list", "--attempts", "many"),
        ("list", "--reason", "bad luck"),
        ("export", "/no/such/directory/dead.jsonl"),
    ],
)
async def test_wrong_usage(processes: Processes, arguments: tuple[str, ...]) -> None:
    done = await operate(processes, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Error:" in done.stderr


async def test_nothing_matched(processes: Processes) -> None:
    await bury(processes.amqp_url, [make_event()])
    for arguments in (
        ("list", "--group", "ffffff"),
        ("show", "nobody"),
        ("export", "--action", "pull"),
        ("requeue", "--id", "nobody", "--yes"),
        ("discard", "--id", "nobody", "--yes"),
        ("edit", "nobody", "--yes"),
        ("history",),
    ):
        done = await operate(processes, *arguments)
        assert (done.returncode, done.stdout) == (3, ""), arguments
        assert "nothing matched" in done.stderr
    assert (await operate(processes, "summary")).returncode == 0
    assert await waiting(processes.amqp_url, DEAD_QUEUE) == 1


def test_what_is_not_reached() -> None:
    nowhere = f"127.0.0.1:{free_port()}"
    amqp_url, database_url = f"amqp://guest:s3cret@{nowhere}", f"postgresql://u:s3cret@{nowhere}/d"
    for arguments in (("summary",), ("requeue", "--all", "--yes")):
        done = run("dead-letters", *arguments, AMQP_URL=amqp_url)
        assert (done.returncode, done.stdout) == (5, ""), done.stderr
        assert done.stderr.startswith(f"Error: the broker at {nowhere} refuses connections: ")
        assert "s3cret" not in done.stderr
    done = run("dead-letters", "history", AMQP_URL=amqp_url, DATABASE_URL=database_url)
    assert (done.returncode, done.stdout) == (5, "")
    assert "s3cret" not in done.stderr
    unset = run("dead-letters", "history", AMQP_URL=amqp_url)
    assert unset.returncode == 2
    assert "DATABASE_URL: is not set" in unset.stderr


def test_a_virtual_host_that_is_not_there(rabbitmq: RabbitMQ) -> None:
    done = run("dead-letters", "summary", AMQP_URL=rabbitmq.url("nobody's"))
    assert (done.returncode, done.stdout) == (5, "")
    assert " refused the virtual host" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    environment = {"AMQP_URL": rabbitmq.url("nobody's"), "REGISTRY_EVENTS_TOKENS": "x"}
    checked = run("config", "check", "--connect", "--only", "ingest", **environment)
    assert " refused the virtual host" in checked.stderr


async def test_partly_done(processes: Processes) -> None:
    events = [make_event(), make_event("pull"), "no JSON"]
    await bury(processes.amqp_url, events[:2])
    await bury(processes.amqp_url, events[2:], headers={"requeue-count": 3})
    done = await operate(processes, "requeue", "--all", "--yes")
    assert done.returncode == 4
    assert result(done) == "done: 1 requeued, 1 failed, 1 skipped"
    assert "\n  failed 1: no queue takes its action\n  none came back so far, as of " in done.stdout
    assert await waiting(processes.amqp_url, DEAD_QUEUE) == 2


async def test_every_change_leaves_a_row(processes: Processes) -> None:
    await bury(processes.amqp_url, [make_event() for _ in range(3)])
    given = ("--yes", "--note", "FK fixed\x1b[2J", "--as", "anna")
    done = await operate(processes, "requeue", "--limit", "2", *given)
    await operate(processes, "discard", "--error", "*no row*", "--yes")
    found = json.loads((await operate(processes, "history", "-o", "json")).stdout)
    assert [row["operation"] for row in found] == ["discard", "requeue"]
    row = found[1]
    first, _ = done.stdout.splitlines()
    assert first == f"done: 2 requeued, 0 failed, 0 skipped; history {row['id']}"
    assert (row["actor"], row["selector"], row["note"]) == ("anna", "--limit 2", "FK fixed\x1b[2J")
    assert (row["matched"], row["done"], row["failed"], row["result"]) == (2, 2, 0, "done")
    assert row["started_at"] <= row["finished_at"]
    assert "@" in found[0]["actor"]
    text = await operate(processes, "history", str(row["id"]))
    assert len(text.stdout.splitlines()) == 2
    assert r"FK fixed\x1b[2J" in text.stdout
    lines = await operate(processes, "history", "-o", "jsonl", "--limit", "1")
    assert json.loads(lines.stdout) == found[0]


@pytest.mark.parametrize("change", CHANGES)
async def test_without_a_database_the_log_has_it(
    processes: Processes, change: str, empty_database_url: str
) -> None:
    for database in ("", f"postgresql://127.0.0.1:{free_port()}/d", empty_database_url):
        await bury(processes.amqp_url, [make_event()])
        environment = {
            "AMQP_URL": processes.amqp_url,
            "DATABASE_URL": database,
            "REGISTRY_EVENTS_LOG_LEVEL": "error",
        }
        done = run("dead-letters", change, "--all", "--yes", "--note", "why", **environment)
        assert done.returncode == 0, done.stderr
        assert "the audit trail is in the log only: " in done.stderr
        lines = logged(done.stderr)
        assert [line["event"] for line in lines] == [
            "dead_letters.changing",
            "dead_letters.changed",
        ]
        for line in lines:
            told = (line["operation"], line["selector"], line["note"], line["level"])
            assert told == (change, "--all", "why", "info")
        assert lines[1]["done"] == 1
    assert await waiting(processes.amqp_url, DEAD_QUEUE) == 0


def logged(text: str) -> Sequence[Any]:
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


async def test_a_killed_change_without_a_database_leaves_a_line(processes: Processes) -> None:
    await bury(processes.amqp_url, [make_event() for _ in range(100)])
    processes.database_url = ""
    options = ("requeue", "--all", "--yes", "--rate", "1")
    requeue = processes.start_command("dead-letters", *options, log_level="error")

    async def started() -> bool:
        return await waiting(processes.amqp_url, EVENTS_QUEUE) > 0

    await eventually(started)
    requeue.kill()
    (line,) = logged(requeue.log.read_text())
    assert (line["event"], line["matched"]) == ("dead_letters.changing", 100)


async def test_a_killed_change_stays_unfinished(processes: Processes, database_url: str) -> None:
    await bury(processes.amqp_url, [make_event() for _ in range(100)])
    requeue = processes.start_command("dead-letters", "requeue", "--all", "--yes", "--rate", "1")
    connection = await asyncpg.connect(database_url)

    async def started() -> bool:
        return bool(await connection.fetchval("SELECT count(*) FROM dead_letter_operations"))

    await eventually(started)
    requeue.kill()
    shown = await operate(processes, "history")
    assert "not finished: it runs, or it was killed" in shown.stdout
    await connection.close()
