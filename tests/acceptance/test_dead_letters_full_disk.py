"""Dead letters are written to a disk that is full, or to nobody."""

import asyncio
import os
import subprocess
from pathlib import Path

import pytest

from console.commands.dead_letters.exits import Exit
from tests.acceptance.burying import buried, bury
from tests.factories import make_event
from tests.processes import COMMAND, Processes

COUNT = 20


async def shell(processes: Processes, line: str, *arguments: str) -> tuple[int, str]:
    """Exit code and standard error of a line of a shell; "$@" is the command."""
    command = [*COMMAND, "dead-letters", *arguments]
    done = await asyncio.to_thread(
        subprocess.run,
        ["sh", "-c", line, "sh", *command],
        capture_output=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, **processes.environment},
        timeout=60,
    )
    return done.returncode, done.stderr


# Blocks of 512 bytes: less than one dead letter.
SMALL_FILES = 'ulimit -f 1 && exec "$@"'


async def test_what_cannot_be_copied_is_not_discarded(processes: Processes, tmp_path: Path) -> None:
    await bury(processes.amqp_url, [make_event() for _ in range(COUNT)])
    everything = await buried(processes.amqp_url)
    file = tmp_path / "dead.jsonl"
    options = ("discard", "--all", "--yes", "--export", str(file))
    code, told = await shell(processes, SMALL_FILES, *options)
    assert code == Exit.PARTLY, told
    assert "Traceback" not in told
    assert not file.exists()
    assert await buried(processes.amqp_url) == everything


async def test_an_export_that_finds_no_room(processes: Processes, tmp_path: Path) -> None:
    await bury(processes.amqp_url, [make_event() for _ in range(COUNT)])
    everything = await buried(processes.amqp_url)
    file = tmp_path / "dead.jsonl"
    code, told = await shell(processes, SMALL_FILES, "export", str(file))
    assert (code, told) == (Exit.FAILED, f"Error: {file}: File too large\n")
    assert not file.exists()
    assert await buried(processes.amqp_url) == everything


@pytest.mark.parametrize(
    ("where", "why"),
    [
        ("/dev/full", "standard output: No space left on device"),
        ("&-", "standard output is closed"),
    ],
)
@pytest.mark.parametrize("command", ["export", "list", "summary"])
async def test_output_that_is_lost(
    processes: Processes, where: str, why: str, command: str
) -> None:
    await bury(processes.amqp_url, [make_event() for _ in range(COUNT)])
    code, told = await shell(processes, f'exec "$@" >{where}', command)
    assert (code, told.splitlines()[0]) == (Exit.FAILED, f"Error: {why}")
    assert len(told.splitlines()) == 1


async def test_an_export_of_nothing_leaves_no_file(processes: Processes, tmp_path: Path) -> None:
    await bury(processes.amqp_url, [make_event()])
    file = tmp_path / "dead.jsonl"
    code, _ = await shell(processes, 'exec "$@"', "export", "--action", "pull", str(file))
    assert code == Exit.NOTHING_MATCHED
    assert not file.exists()
