"""Summary, list and show of `registry-events dead-letters`: all is seen, nothing is changed."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

from console.dead_letters.letter.cause import cause
from console.dead_letters.letter.masking import UNMASKED
from shared.amqp.dead_letter import Reason
from shared.origin import Origin
from tests.acceptance.burying import buried, bury, operate
from tests.factories import make_event
from tests.processes import Processes, run
from tests.reports import reported_request

HOSTILE = "<script>\x1b[2J\u202e\u200f\x9b31m\r\n"


async def test_a_summary_counts_by_cause(processes: Processes) -> None:
    empty = await operate(processes, "summary")
    assert (empty.returncode, empty.stdout, empty.stderr) == (0, "no dead letters\n", "")
    for number in range(3):
        event = make_event(repository="team/api" if number else "team/web")
        await bury(processes.amqp_url, [event], error=f"no row {number} in 'x{number}'")
    long_ago = "2020-01-01T00:00:00+00:00"
    await bury(
        processes.amqp_url,
        ["no JSON"],
        reason=Reason.UNREADABLE_BODY,
        error_type="",
        error="",
        failed_at=long_ago,
    )
    text = await operate(processes, "summary")
    heading, names, large, small = text.stdout.splitlines()
    assert heading.startswith("DEAD LETTERS   4   oldest ")
    assert heading.endswith("(+3 in 5 min)")
    columns = "GROUP COUNT REASON ERROR OLDEST NEWEST TOP REPOSITORY"
    assert " ".join(names.split()) == columns
    assert large.split()[1:3] == ["3", "recording_failed"]
    assert "RaiseError: no row * in *" in large
    assert large.endswith("  2 of team/api")
    assert small.split()[1:4] == ["1", "unreadable_body", "-"]
    group = large.split()[0]
    document = json.loads((await operate(processes, "summary", "-o", "json")).stdout)
    assert (document["count"], document["recent_5m"], document["oldest"]) == (4, 3, long_ago)
    lines = (await operate(processes, "summary", "-o", "jsonl")).stdout.splitlines()
    assert [json.loads(line) for line in lines] == document["groups"]
    assert document["groups"][0]["top_repository"] == {"name": "team/api", "count": 2}
    listed = await operate(processes, "list", "--group", group)
    assert len(listed.stdout.splitlines()) == 1 + 3


async def test_a_summary_says_what_to_do_next(processes: Processes) -> None:
    await bury(processes.amqp_url, [make_event()])
    (one,) = await buried(processes.amqp_url)
    told = (await operate(processes, "summary")).stderr.splitlines()
    group = cause(one).group
    assert told == [
        f"hint: registry-events dead-letters {hint}"
        for hint in (
            f"show {one.message_id}",
            f"requeue --group {group} --canary 1 --dry-run",
            f"discard --group {group} --dry-run",
        )
    ]
    for line in told:
        assert (await operate(processes, *line.split()[3:])).returncode == 0


async def test_a_list_has_the_oldest_first_and_says_what_it_leaves_out(
    processes: Processes,
) -> None:
    await bury(processes.amqp_url, [make_event(id=f"event-{number}") for number in range(60)])
    done = await operate(processes, "list")
    assert [line.rpartition("  ")[2] for line in done.stdout.splitlines()] == [
        "EVENT",
        *(f"event-{number}" for number in range(50)),
    ]
    assert done.stderr == "50 of 60 shown; --limit shows more\n"
    documents = json.loads((await operate(processes, "list", "--limit", "2", "-o", "json")).stdout)
    assert [one["event_id"] for one in documents] == ["event-0", "event-1"]
    lines = await operate(processes, "list", "--id", "event-59", "-o", "jsonl")
    assert [json.loads(line)["event_id"] for line in lines.stdout.splitlines()] == ["event-59"]
    assert lines.stderr == f"{UNMASKED}\n"
    assert "alice" in lines.stdout


async def test_show_tells_one_story(processes: Processes) -> None:
    events = [make_event(id=f"event-{number}", target={"tag": "v1"}) for number in (1, 10, 2)]
    await bury(processes.amqp_url, events, headers={"traceparent": "00-4bf9-00f0-01"})
    exact = await operate(processes, "show", "event-1")
    assert exact.returncode == 0
    assert "push team/app:v1 event-1\n" in exact.stdout
    assert "00-4bf9-00f0-01" in exact.stdout
    assert "registry-events dead-letters requeue --group" in exact.stdout
    assert "alice" not in exact.stdout
    assert '"name": "alice"' in (await operate(processes, "show", "event-1", "--no-mask")).stdout
    several = await operate(processes, "show", "event-")
    assert (several.returncode, several.stdout) == (2, "")
    assert several.stderr.count("team/app:v1") == 3
    second = (await buried(processes.amqp_url))[1]
    by_message = await operate(processes, "show", second.message_id[:12], "-o", "json")
    document = json.loads(by_message.stdout)
    assert document["event_id"] == "event-10"
    line = await operate(processes, "show", second.message_id, "-o", "jsonl")
    assert [json.loads(one) for one in line.stdout.splitlines()] == [document]
    assert document["payload"]["actor"] == {"name": "****"}
    assert "alice" not in by_message.stdout
    assert document["try_next"][1].startswith("registry-events dead-letters ")


async def test_nothing_but_what_asks_for_all_says_who(processes: Processes) -> None:
    (event,) = json.loads(reported_request("11-gitlab-actor-user-shown")["body"])["events"]
    error = 'no row for "Bearer header.payload.signature"'
    await bury(processes.amqp_url, [event], error=error, reason=Reason.INVALID_EVENT)
    who = (event["actor"]["name"], event["actor"]["user"], "192.0.2.10", "docker/27")
    for arguments in (
        ("summary",),
        ("summary", "-o", "json"),
        ("list",),
        ("tail",),
        ("show", event["id"]),
        ("show", event["id"], "-o", "json"),
        ("requeue", "--all", "--dry-run"),
        ("discard", "--all", "--dry-run", "-o", "json"),
    ):
        done = await operate(processes, *arguments)
        assert not [name for name in who if name in done.stdout + done.stderr], done.args
    for arguments in (("show", event["id"], "--no-mask"), ("list", "-o", "json"), ("export",)):
        done = await operate(processes, *arguments)
        assert not [name for name in who if name not in done.stdout], done.args


async def test_hostile_texts_steer_nothing(processes: Processes) -> None:
    event = make_event(HOSTILE, HOSTILE, id=HOSTILE, target={"tag": HOSTILE})
    headers: dict[str, str | int] = {
        "traceparent": HOSTILE,
        HOSTILE: HOSTILE,
        "requeue-count": 1,
        "requeued-by": HOSTILE,
    }
    story = {"error_type": HOSTILE, "error": HOSTILE, "host": HOSTILE, "failed_at": HOSTILE}
    await bury(processes.amqp_url, [event, "{" + HOSTILE], headers=headers, **story)
    message_id = (await buried(processes.amqp_url))[1].message_id
    everything = [
        await operate(processes, *arguments)
        for arguments in (
            ("summary",),
            ("summary", "-o", "json"),
            ("list",),
            ("list", "-o", "jsonl"),
            ("tail",),
            ("show", message_id),
            ("show", message_id, "--no-mask"),
            ("show", HOSTILE[:9], "-o", "json"),
            ("export",),
            ("requeue", "--all", "--dry-run"),
            ("discard", "--all", "--yes", "--note", HOSTILE.replace("\0", "")),
            ("history",),
        )
    ]
    for done in everything:
        for line in (done.stdout + done.stderr).split("\n"):
            assert line.isprintable(), done.args


async def test_readers_and_a_change_at_once(processes: Processes) -> None:
    await bury(processes.amqp_url, [make_event(id=f"event-{number}") for number in range(300)])
    requeue, *readers = await asyncio.gather(
        operate(processes, "requeue", "--limit", "100", "--yes"),
        *(operate(processes, "summary", "-o", "json") for _ in range(4)),
    )
    assert requeue.returncode == 0
    assert {json.loads(one.stdout)["count"] for one in readers} <= {300, 200}
    left = [one.event_id for one in await buried(processes.amqp_url)]
    assert left == [f"event-{number}" for number in range(100, 300)]


def test_completion_knows_the_commands() -> None:
    for shell in ("bash", "zsh", "fish"):
        done = run("completion", shell)
        assert done.returncode == 0
        assert "_REGISTRY_EVENTS_COMPLETE" in done.stdout
    done = subprocess.run(
        [Path(sys.executable).with_name("registry-events")],
        capture_output=True,
        encoding="utf-8",
        check=True,
        env={
            **os.environ,
            "COMP_WORDS": "registry-events dead-letters re",
            "COMP_CWORD": "2",
            "_REGISTRY_EVENTS_COMPLETE": "bash_complete",
        },
    )
    assert done.stdout == "plain,requeue\n"


async def test_a_source_is_told_where_there_is_another_than_the_default(
    processes: Processes,
) -> None:
    await bury(processes.amqp_url, [make_event()])
    for command in ("summary", "list", "tail"):
        alone = await operate(processes, command, "-o", "wide")
        assert "SOURCE" not in alone.stdout
    await bury(processes.amqp_url, [make_event()], headers=Origin("prod", "harbor").headers)
    for command in ("summary", "list", "tail"):
        both = await operate(processes, command, "-o", "wide")
        table = both.stdout[both.stdout.index("GROUP") :]
        assert "SOURCE" in table.splitlines()[0]
        assert "prod" in table
        assert "default" in table
    (group,) = json.loads((await operate(processes, "summary", "-o", "json")).stdout)["groups"]
    assert group["sources"] == {"default": 1, "prod": 1}
    told = json.loads((await operate(processes, "list", "-o", "json")).stdout)
    assert [one["registry_source"] for one in told] == ["default", "prod"]
    chosen = await operate(processes, "list", "--source", "prod", "-o", "json")
    assert len(json.loads(chosen.stdout)) == 1
