"""Dead letters into files and back, and edited, as an operator does it."""

import asyncio
import json
import os
import pty
import re
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.letter.masking import UNMASKED
from shared.amqp.dead_letter import Reason
from shared.amqp.topology import DEAD_QUEUE, EVENTS_QUEUE
from tests.acceptance.burying import buried, bury, operate, result
from tests.databases import refuse_poison
from tests.factories import make_event
from tests.processes import COMMAND, Processes, waiting

HOSTILE = "<script>\x1b[2J\u202e\x00\r\n\udcff"


def content(dead_letter: DeadLetter) -> tuple[object, ...]:
    """What is the same in a copy: all but the message id, which is fresh for each publish."""
    return (dead_letter.body, dead_letter.headers, dead_letter.routing_key, dead_letter.story)


async def test_discarded_with_an_export_they_can_be_imported(
    processes: Processes, tmp_path: Path
) -> None:
    await bury(processes.amqp_url, [make_event() for _ in range(700)], headers={"requeue-count": 1})
    await bury(processes.amqp_url, [HOSTILE, ""], reason=Reason.UNREADABLE_BODY, error=HOSTILE[:-1])
    everything = [content(one) for one in await buried(processes.amqp_url)]
    file = tmp_path / "dead.jsonl"
    done = await operate(processes, "discard", "--all", "--yes", "--export", str(file))
    assert (done.returncode, result(done)) == (0, "done: 702 discarded, 0 failed, 0 skipped")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert await waiting(processes.amqp_url, DEAD_QUEUE) == 0
    dry = await operate(processes, "import", str(file), "--dry-run")
    assert (dry.returncode, dry.stdout) == (0, "import 702 into the dead letters\n")
    assert await waiting(processes.amqp_url, DEAD_QUEUE) == 0
    back = await operate(processes, "import", str(file), "--yes")
    assert (back.returncode, result(back)) == (0, "done: 702 imported, 0 failed, 0 skipped")
    assert [content(one) for one in await buried(processes.amqp_url)] == everything


async def test_an_export_is_not_overwritten_and_then_nothing_goes(
    processes: Processes, tmp_path: Path
) -> None:
    await bury(processes.amqp_url, [make_event()])
    file = tmp_path / "dead.jsonl"
    file.write_text("precious")
    for command in (("discard", "--all", "--yes", "--export"), ("export",)):
        done = await operate(processes, *command, str(file))
        assert done.returncode == 2
        assert "is there already" in done.stderr
    assert file.read_text() == "precious"
    assert await waiting(processes.amqp_url, DEAD_QUEUE) == 1


async def test_an_export_changes_nothing(processes: Processes, tmp_path: Path) -> None:
    await bury(processes.amqp_url, [make_event(), make_event("delete"), HOSTILE])
    everything = await buried(processes.amqp_url)
    file = tmp_path / "dead.jsonl"
    assert (await operate(processes, "export", str(file))).returncode == 0
    printed = await operate(processes, "export")
    assert printed.stdout == file.read_text()
    assert printed.stderr == f"3 exported, 0 removed; {UNMASKED}\n"
    assert [json.loads(line)["message_id"] for line in printed.stdout.splitlines()] == [
        one.message_id for one in everything
    ]
    one = await operate(processes, "export", "--action", "delete")
    assert json.loads(one.stdout)["action"] == "delete"
    assert await buried(processes.amqp_url) == everything


async def test_one_wrong_line_stops_an_import(processes: Processes, tmp_path: Path) -> None:
    await bury(processes.amqp_url, [make_event()])
    line = (await operate(processes, "export")).stdout
    file = tmp_path / "dead.jsonl"
    file.write_text(f"{line}\x1b[2J\n{line}")
    done = await operate(processes, "import", str(file), "--yes")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("line 2: ")
    assert await waiting(processes.amqp_url, DEAD_QUEUE) == 1
    file.write_text("\n")
    assert (await operate(processes, "import", str(file), "--yes")).returncode == 3


async def test_an_import_straight_to_the_events(processes: Processes, tmp_path: Path) -> None:
    event = make_event()
    await bury(processes.amqp_url, [event])
    file = tmp_path / "dead.jsonl"
    await operate(processes, "discard", "--all", "--yes", "--export", str(file))
    done = await operate(processes, "import", str(file), "--requeue", "--yes")
    assert done.returncode == 0
    assert await waiting(processes.amqp_url, EVENTS_QUEUE) == 1
    await bury(processes.amqp_url, ["no JSON"])
    unreadable = (await operate(processes, "export")).stdout
    file.write_text(json.dumps({**json.loads(unreadable), "routing_key": "event"}))
    refused = await operate(processes, "import", str(file), "--requeue", "--yes")
    assert refused.returncode == 1
    assert "line 1: nothing in it says where to: it is no notification" in refused.stderr


async def test_from_one_queue_to_another_through_a_pipe(processes: Processes) -> None:
    await bury(processes.amqp_url, [make_event(), HOSTILE])
    lines = (await operate(processes, "export")).stdout
    done = await asyncio.to_thread(
        subprocess.run,
        [*COMMAND, "dead-letters", "import", "-", "--yes"],
        input=lines,
        capture_output=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, **processes.environment},
        timeout=60,
    )
    assert (done.returncode, result(done)) == (0, "done: 2 imported, 0 failed, 0 skipped")
    everything = [content(one) for one in await buried(processes.amqp_url)]
    assert everything[:2] == everything[2:]


async def test_an_edited_event_is_requeued(
    processes: Processes, edit_with: Callable[[str], None]
) -> None:
    broken = make_event(repository="Team/App", id="event-1", target={"tag": "v1"})
    await bury(processes.amqp_url, [broken, make_event(id="event-10")], reason=Reason.INVALID_EVENT)
    edit_with('sed -i s,Team/App,team/app, "$1"')
    done = await operate(processes, "edit", "event-1", "--yes")
    assert (done.returncode, result(done)) == (0, "done: 1 requeued, 0 failed, 0 skipped")
    assert '-    "repository": "Team/App",\n' in done.stderr
    assert '+    "repository": "team/app",\n' in done.stderr
    assert "alice" not in done.stderr
    assert [one.event_id for one in await buried(processes.amqp_url)] == ["event-10"]
    processes.worker()
    async with processes.pipeline(processes.ingest()) as pipeline:
        (row,) = await pipeline.settled(1)
    assert (row["event_id"], row["repository"]) == ("event-1", "team/app")


async def test_what_is_edited_and_dies_again_keeps_its_original(
    processes: Processes, edit_with: Callable[[str], None]
) -> None:
    event = make_event(id="event-1", repository="team/here")
    await bury(processes.amqp_url, [event])
    edit_with('sed -i s,team/here,team/poison, "$1"')
    async with processes.pipeline(processes.ingest()) as pipeline:
        await refuse_poison(pipeline.database)
        assert (await operate(processes, "edit", "event-1", "--yes")).returncode == 0
        processes.worker()
        (dead_letter,) = await pipeline.dead_letters(1)
    assert dead_letter.repository == "team/poison"
    assert dead_letter.headers["original-body"] == json.dumps(event)
    shown = await operate(processes, "show", "event-1")
    assert "original-body: ****" in shown.stdout


@pytest.mark.parametrize(
    ("script", "code", "said"),
    [
        ("", 0, "unchanged; nothing was done"),
        ('echo "{" > "$1"', 1, "this is no event: "),
        ('echo "{}" > "$1"', 1, "this is no event: "),
    ],
)
async def test_an_edit_that_is_none_changes_nothing(
    processes: Processes, edit_with: Callable[[str], None], script: str, code: int, said: str
) -> None:
    await bury(processes.amqp_url, [make_event(id="event-1")])
    everything = await buried(processes.amqp_url)
    edit_with(script)
    done = await operate(processes, "edit", "event-1", "--yes")
    assert done.returncode == code
    assert said in done.stderr
    assert await buried(processes.amqp_url) == everything
    assert await waiting(processes.amqp_url, EVENTS_QUEUE) == 0


async def test_what_was_typed_is_kept(
    processes: Processes, edit_with: Callable[[str], None]
) -> None:
    await bury(processes.amqp_url, [make_event(id="event-1")])
    edit_with('echo "{ a long text" > "$1"')
    done = await operate(processes, "edit", "event-1", "--yes")
    kept = re.search(r"what you typed is kept in (\S+)", done.stderr)
    assert kept, done.stderr
    assert taken(Path(kept[1])) == ("{ a long text\n", 0o600)


def taken(path: Path) -> tuple[str, int]:
    """What a file has and who may read it; then it is gone."""
    found = (path.read_text(), stat.S_IMODE(path.stat().st_mode))
    path.unlink()
    return found


async def test_who_mistypes_can_edit_again(
    processes: Processes, edit_with: Callable[[str], None]
) -> None:
    await bury(processes.amqp_url, [make_event(id="event-1", repository="Team/App")])
    edit_with(
        """
        times=$(cat "$0.times" 2>&-); echo "again$times" > "$0.times"
        case "$times" in
          "") sed -i '$d' "$1" ;;
          again) echo "}" >> "$1"; sed -i s,Team/App,team/bad, "$1" ;;
          *) sed -i s,team/bad,team/app, "$1" ;;
        esac
        """
    )
    terminal, stdin = pty.openpty()
    os.write(terminal, b"y\nn\ny\ny\n")
    done = await asyncio.to_thread(
        subprocess.run,
        [*COMMAND, "dead-letters", "edit", "event-1"],
        stdin=stdin,
        capture_output=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, **processes.environment},
        timeout=60,
    )
    os.close(terminal)
    os.close(stdin)
    assert done.returncode == 0, done.stderr
    assert "this is no event: " in done.stderr
    assert '+    "repository": "team/app"\n' in done.stderr
    assert await waiting(processes.amqp_url, EVENTS_QUEUE) == 1
