"""`geo follow` as an operator runs it: told to end, to a command that fails."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from shared.database import Pool
from tests.acceptance.test_events_commands import told
from tests.processes import COMMAND, Processes
from tests.sites import journal, opened, record
from tests.waiting import eventually


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    async with opened(database_url) as made:
        yield made


@asynccontextmanager
async def following(
    processes: Processes, file: Path, *arguments: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """`geo follow` for the site lima, its lines appended to a file; killed at the block's end."""
    with file.open("ab") as out, file.with_suffix(".log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *(*COMMAND, "geo", "follow", "--site", "lima", *arguments),
            env={**os.environ, **processes.environment},
            stdout=out,
            stderr=log,
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def ids(file: Path) -> list[int]:
    lines = file.read_text().split("\n")[:-1]
    return [json.loads(line)["id"] for line in lines]


async def has(file: Path, count: int) -> None:
    async def enough() -> bool:
        return len(set(ids(file))) >= count

    await eventually(enough, 60)


async def test_once_ends_with_the_log(processes: Processes, pool: Pool) -> None:
    await record(pool, "a", "b")
    first = await told(processes, "geo", "follow", "--site", "lima", "--once")
    assert (first.returncode, len(first.stdout.splitlines())) == (0, 2)
    await record(pool, "c")
    again = await told(processes, "geo", "follow", "--site", "lima", "--once")
    assert [json.loads(line)["repository"] for line in again.stdout.splitlines()] == ["c"]
    new = await told(processes, "geo", "follow", "--site", "oslo", "--from-now", "--once")
    assert (new.returncode, new.stdout) == (0, "")


async def test_nobody_reads_any_more(processes: Processes, pool: Pool) -> None:
    await record(pool, "a")
    reading, writing = os.pipe()
    os.close(reading)
    process = await asyncio.create_subprocess_exec(
        *(*COMMAND, "geo", "follow", "--site", "lima"),
        env={**os.environ, **processes.environment},
        stdout=writing,
        stderr=asyncio.subprocess.PIPE,
    )
    os.close(writing)
    _, log = await process.communicate()
    assert process.returncode == 1
    assert b"Traceback" not in log
    assert await journal(pool, "lima").cursor() == 0


async def test_a_command_that_fails_is_run_again_and_shown(
    processes: Processes, pool: Pool, tmp_path: Path
) -> None:
    await record(pool, "a", "b")
    heard, ready = tmp_path / "heard", tmp_path / "ready"
    script = tmp_path / "script"
    script.write_text(f"#!/bin/sh\ntest -e {ready} || exit 4\ncat >> {heard}\n")
    script.chmod(0o700)
    heard.touch()
    async with following(processes, tmp_path / "out", "--exec", str(script)) as follower:

        async def shown() -> bool:
            table = (await told(processes, "geo", "sites")).stdout
            return f"{script} ended with exit code 4 at change 1" in table

        await eventually(shown)
        ready.touch()
        await has(heard, 2)
        follower.send_signal(signal.SIGTERM)
        assert await follower.wait() == 0
    assert ids(heard) == [1, 2]
    assert "exit code 4" not in (await told(processes, "geo", "sites")).stdout


async def test_sigterm_lets_a_command_end_what_it_does(
    processes: Processes, pool: Pool, tmp_path: Path
) -> None:
    await record(pool, "a", "b")
    begun, go_on = tmp_path / "begun", tmp_path / "go-on"
    script = tmp_path / "script"
    wait = f"import pathlib,time\npathlib.Path({str(begun)!r}).touch()\n"
    wait += f"while not pathlib.Path({str(go_on)!r}).exists(): time.sleep(0.02)\n"
    script.write_text(f"#!{sys.executable}\n{wait}")
    script.chmod(0o700)
    log = tmp_path / "out.log"

    async def is_begun() -> bool:
        return begun.exists()

    async def draining() -> bool:
        return "site.draining" in log.read_text()

    async with following(processes, tmp_path / "out", "--exec", str(script)) as follower:
        await eventually(is_begun)
        follower.send_signal(signal.SIGTERM)
        await eventually(draining)
        go_on.touch()
        assert await follower.wait() == 0
    assert await journal(pool, "lima").cursor() == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--site", "a/b"], "must be of letters"),
        (["--site", "a", "--exec", "no-such-program-of-anybody"], "there is no such program"),
        (["--site", "a", "--exec", "'"], "cannot be split into words"),
    ],
    ids=["name", "program", "quote"],
)
async def test_wrong_usage(processes: Processes, arguments: list[str], said: str) -> None:
    done = await told(processes, "geo", "follow", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
