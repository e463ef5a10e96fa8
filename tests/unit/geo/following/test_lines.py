"""Changes on a descriptor whose other end reads well, slowly or not at all."""

import asyncio
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from geo.following.lines import Lines
from tests.unit.geo.following.changes import change
from tests.waiting import eventually


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    for end in ends:
        try:
            os.close(end)
        except OSError:
            # The test has closed it.
            continue


async def test_a_line_for_each_as_others_read_it(pipe: tuple[int, int]) -> None:
    hostile = "\u202e\x1b[2J\x9b31m\n漢"
    await Lines(pipe[1]).take([change(1, tag=hostile), change(2, former_repository="b")])
    lines = os.read(pipe[0], 10_000)
    assert lines.isascii()
    first, second = map(json.loads, lines.decode().splitlines())
    assert first == {
        "id": 1, "source": "default", "repository": "a", "action": "push",
        "occurred_at": "2026-11-28T12:00:00Z", "recorded_at": "2026-11-28T12:00:00Z",
        "tag": hostile,
    }  # fmt: skip
    assert (second["id"], second["former_repository"]) == (2, "b")
    assert "\x1b" not in lines.decode()


async def test_who_reads_slowly_is_waited_for_and_holds_up_nobody_else(
    pipe: tuple[int, int],
) -> None:
    many = [change(number) for number in range(5_000)]
    taking = asyncio.ensure_future(Lines(pipe[1]).take(many))
    read = bytearray()
    # All of this runs at all because the loop is not held up.
    os.set_blocking(pipe[0], False)

    async def is_read() -> bool:
        try:
            read.extend(os.read(pipe[0], 60_000))
        except BlockingIOError:
            return False
        return read.count(b"\n") == len(many)

    await eventually(is_read)
    await taking
    assert [json.loads(one)["id"] for one in read.splitlines()] == list(range(5_000))


async def test_nobody_reads_any_more(pipe: tuple[int, int]) -> None:
    os.close(pipe[0])
    with pytest.raises(BrokenPipeError):
        await Lines(pipe[1]).take([change()])


async def test_a_plain_file(tmp_path: Path) -> None:
    with (tmp_path / "changes").open("wb") as file:
        await Lines(file.fileno()).take([change(1), change(2)])
    assert len((tmp_path / "changes").read_text().splitlines()) == 2
