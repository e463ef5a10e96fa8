"""A program for each change: what it is given, and what its end means."""

import asyncio
import json
import time
from pathlib import Path

import psutil
import pytest
import uvloop

from geo.following.command import Command
from geo.following.receiver import NotTakenError
from tests.unit.geo.following.changes import change
from tests.waiting import DEADLINE, eventually


def shell(script: str) -> Command:
    return Command(["sh", "-c", script])


async def test_it_has_the_line_on_its_standard_input(tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    await shell(f"cat >> {heard}").take([change(1), change(2, tag="$(id) `id` ; '\"")])
    first, second = map(json.loads, heard.read_text().splitlines())
    assert (first["id"], second["id"], second["tag"]) == (1, 2, "$(id) `id` ; '\"")


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("exit 3", "sh ended with exit code 3 at change 7"),
        ("kill -9 $$", "sh was killed by signal 9 at change 7"),
    ],
    ids=["exit code", "signal"],
)
async def test_what_does_not_end_with_0_is_not_taken(script: str, why: str) -> None:
    with pytest.raises(NotTakenError) as caught:
        await shell(script).take([change(7)])
    assert str(caught.value) == why


async def test_one_that_does_not_read_may_be_done_all_the_same() -> None:
    await shell("exit 0").take([change(1, tag="x" * 1_000_000)])


def test_one_that_has_ended_before_it_is_given_anything() -> None:
    async def take() -> None:
        for number in range(20):
            with pytest.raises(NotTakenError, match=f"exit code 4 at change {number}"):
                await shell("exit 4").take([change(number)])

    # As the command runs.
    uvloop.run(take())


async def test_one_that_cannot_be_started_is_tried_again_later(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    with pytest.raises(NotTakenError, match="gone cannot be started: No such file"):
        await Command([str(gone)]).take([change()])


async def test_a_cut_ends_it_and_what_it_has_started(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    running = asyncio.ensure_future(
        shell(f"sleep 600 & echo $! $$ > {pids}.new && mv {pids}.new {pids}; wait").take([change()])
    )

    async def started() -> bool:
        return pids.exists()

    await eventually(started)
    running.cancel()
    await asyncio.wait({running})
    numbers = [int(one) for one in pids.read_text().split()]

    async def gone() -> bool:
        return not any(is_alive(number) for number in numbers)

    await eventually(gone)


@pytest.mark.parametrize("steps", range(1, 8))
async def test_a_cut_while_it_is_being_started_is_one_too(tmp_path: Path, steps: int) -> None:
    pid = tmp_path / "pid"
    before = set(psutil.Process().children())
    running = asyncio.ensure_future(
        shell(f"sleep 600 & echo $! > {pid}.new && mv {pid}.new {pid}; wait").take([change()])
    )
    for _ in range(steps):
        await asyncio.sleep(0)
    if set(psutil.Process().children()) - before:
        # The loop stands still meanwhile, as on a machine with much to do.
        deadline = time.monotonic() + DEADLINE
        while not pid.exists() and time.monotonic() < deadline:
            time.sleep(0.005)  # noqa: ASYNC251  that is the point
    running.cancel()
    await asyncio.wait({running})

    async def gone() -> bool:
        return not (pid.exists() and is_alive(int(pid.read_text())))

    await eventually(gone)


def is_alive(number: int) -> bool:
    """A child whose own parent is gone may stay as a zombie for a moment, or for longer."""
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
