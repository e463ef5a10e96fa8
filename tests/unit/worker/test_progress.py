"""What tells a worker that stands still from one that waits and knows why."""

import asyncpg
import pytest

from shared.event import Event
from worker.progress import Progress, WatchedRecorder
from worker.recorded import Recorded


class Recorder:
    def __init__(self, error: Exception | None) -> None:
        self._error = error

    async def record(self, _events: object) -> Recorded[Event]:
        if self._error:
            raise self._error
        return Recorded([], 0)


async def seconds_still(error: Exception | None) -> float:
    """After an attempt that ends so, seven seconds since the last one."""
    now = 0.0
    progress = Progress(lambda: now)
    now = 7.0
    watched = WatchedRecorder(Recorder(error), progress)
    if error is None:
        await watched.record([])
    else:
        with pytest.raises(type(error)):
            await watched.record([])
    return progress.still


@pytest.mark.parametrize(
    "error",
    [
        None,
        asyncpg.DataError("of an event"),
        asyncpg.DiskFullError("no space left"),
        asyncpg.ReadOnlySQLTransactionError("standby"),
        ConnectionRefusedError(),
    ],
    ids=repr,
)
async def test_an_answer_is_progress(error: Exception | None) -> None:
    assert await seconds_still(error) == 0


@pytest.mark.parametrize(
    "error",
    [TimeoutError(), asyncpg.QueryCanceledError("timeout"), asyncpg.LockNotAvailableError("lock")],
    ids=repr,
)
async def test_that_time_ran_out_is_none(error: Exception) -> None:
    assert await seconds_still(error) == 7
