"""Whether work gets on: what tells a worker that stands still from one that waits and knows why."""

import time
from collections.abc import Callable, Sequence
from typing import Generic

import asyncpg

from shared.event import Event
from worker.isolation import BatchRecorder
from worker.recorded import Item, Recorded


class Progress:
    """When something was last recorded, or something else said why it cannot be now."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._at = clock()

    def made(self) -> None:
        self._at = self._clock()

    @property
    def still(self) -> float:
        """Seconds since then."""
        return self._clock() - self._at


class WatchedRecorder(Generic[Item]):
    """Recorder whose every answer is progress; that time ran out is none."""

    def __init__(self, recorder: BatchRecorder[Item], progress: Progress) -> None:
        self._recorder = recorder
        self._progress = progress

    async def record(self, events: Sequence[Event]) -> Recorded[Item]:
        try:
            recorded = await self._recorder.record(events)
        except Exception as error:
            if not _is_silence(error):
                self._progress.made()
            raise
        self._progress.made()
        return recorded


def _is_silence(error: Exception) -> bool:
    """Ours, or the server's, which ends a statement that waits for a lock."""
    return isinstance(
        error, TimeoutError | asyncpg.QueryCanceledError | asyncpg.LockNotAvailableError
    )
