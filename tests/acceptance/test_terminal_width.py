"""What the commands print fits the terminal, whatever senders call their things."""

import asyncio
import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from collections.abc import Sequence
from contextlib import suppress

import pytest
from rich.cells import cell_len

from console.dead_letters.letter.cause import cause
from tests.acceptance.burying import buried, bury, operate
from tests.factories import make_event
from tests.processes import COMMAND, Processes, run

LONG_AGO = "2020-01-01T10:30:00+00:00"
NAMES = ("team/" + "x" * 5_000, "チーム/" + "漢" * 5_000, "a\x1b[2J" * 1_000, "e\u0301" * 3_000)
READING = (("summary",), ("list",), ("tail",), ("history",))


async def bury_long_names(processes: Processes) -> None:
    for name in NAMES:
        event = make_event(repository=name, actor=name, id=f"event-{name}", target={"tag": name})
        error = f"no row for {name} in the table of repositories"
        await bury(processes.amqp_url, [event], error=error, error_type="RaiseError")
    await bury(processes.amqp_url, [make_event(id="old")], failed_at=LONG_AGO)
    await operate(
        processes, "discard", "--id", "old", "--yes", "--note", "because " * 60, "--as", NAMES[0]
    )
    await bury(processes.amqp_url, [make_event(id="old")], failed_at=LONG_AGO)


async def at(processes: Processes, columns: int, *arguments: str) -> Sequence[str]:
    """The lines of a command on so many columns."""
    environment = {**processes.environment, "COLUMNS": str(columns)}
    done = await asyncio.to_thread(run, "dead-letters", *arguments, **environment)
    assert done.returncode == 0, done.stderr
    return [*done.stdout.splitlines(), *done.stderr.splitlines()]


async def test_no_line_of_a_table_is_longer_than_the_terminal(processes: Processes) -> None:
    await bury_long_names(processes)
    for columns in (80, 120, 200):
        for arguments in (*READING, ("requeue", "--all", "--dry-run")):
            for line in await at(processes, columns, *arguments):
                assert cell_len(line) <= columns, (arguments, line)


async def test_a_terminal_is_asked_how_wide_it_is(processes: Processes) -> None:
    await bury_long_names(processes)
    lines = await asyncio.to_thread(on_a_terminal, processes, 72, "list")
    heading, *rows = (re.sub(r"\x1b\[\d*m", "", line) for line in lines)
    assert heading.startswith("GROUP   ID        DIED (UTC)  ")
    assert max(map(cell_len, rows)) in {71, 72}


def on_a_terminal(processes: Processes, columns: int, *arguments: str) -> Sequence[str]:
    """The lines that a command writes to a terminal of so many columns."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with (
        os.fdopen(leader, "rb") as screen,
        subprocess.Popen(
            [*COMMAND, "dead-letters", *arguments],
            stdout=follower,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **processes.environment},
        ),
    ):
        os.close(follower)
        written = b""
        # Linux says EIO where nobody has the terminal any more.
        with suppress(OSError):
            while more := os.read(screen.fileno(), 65_536):
                written += more
    return written.decode().splitlines()


async def test_what_is_pasted_is_whole_on_80_columns(processes: Processes) -> None:
    await bury_long_names(processes)
    dead_letters = await buried(processes.amqp_url)
    listed = "\n".join(await at(processes, 80, "list"))
    for dead_letter in dead_letters:
        row = f"{cause(dead_letter).group}  {dead_letter.message_id[:8]}  "
        assert row in listed
        assert await at(processes, 80, "show", dead_letter.message_id[:8])
    assert "2020-01-01 10:30" in listed
    summary = "\n".join(await at(processes, 80, "summary"))
    assert all(cause(dead_letter).group in summary for dead_letter in dead_letters)


async def test_a_story_wraps_and_its_commands_can_be_copied(processes: Processes) -> None:
    await bury_long_names(processes)
    first = (await buried(processes.amqp_url))[0]
    lines = await at(processes, 80, "show", first.message_id)
    assert not [line for line in lines if cell_len(line) > 80]
    command = f"registry-events dead-letters requeue --group {cause(first).group} --canary 1"
    assert command in " ".join("\n".join(lines).replace("\\\n", " ").split())


async def test_wide_is_one_line_each_and_uncut(processes: Processes) -> None:
    await bury_long_names(processes)
    for options in (("-o", "wide"), ()):
        columns = {"COLUMNS": "80"} if options else {}
        environment = {**processes.environment, **columns}
        done = await asyncio.to_thread(run, "dead-letters", "list", *options, **environment)
        heading, *lines = done.stdout.splitlines()
        assert heading.split()[:3] == ["GROUP", "ID", "DIED"]
        assert len(lines) == 5
        assert f"{NAMES[0]}:{NAMES[0]}" in lines[0]
        assert "2020-01-01 10:30:00 UTC" in lines[-1]


@pytest.mark.parametrize(("zone", "told"), [("<+05>-5", "15:30"), ("UTC0", "10:30")])
async def test_moments_in_the_local_time_zone(processes: Processes, zone: str, told: str) -> None:
    await bury(processes.amqp_url, [make_event(id="old")], failed_at=LONG_AGO)
    name = "UTC+05:00" if told == "15:30" else "UTC"

    async def local(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        environment = {**processes.environment, "TZ": zone, **more}
        return await asyncio.to_thread(run, "dead-letters", *arguments, "--local", **environment)

    narrow = (await local("list", COLUMNS="80")).stdout
    assert f"DIED ({name})" in narrow
    assert f"2020-01-01 {told} " in narrow
    for arguments in (("list",), ("tail",), ("show", "old")):
        assert f"2020-01-01 {told}:00 {name}" in (await local(*arguments)).stdout
    await operate(processes, "discard", "--all", "--yes")
    assert re.search(rf"\d\d:\d\d:\d\d {re.escape(name)} ", (await local("history")).stdout)
    utc = await operate(processes, "history")
    assert re.search(r"\d\d:\d\d:\d\d UTC ", utc.stdout)
