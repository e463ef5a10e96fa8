"""One look every two seconds, which all open pages share."""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Final, NamedTuple

from console.overview.collector import Collector, Overview

PAUSE: Final = 2.0
# An hour.
_POINTS: Final = 1_800


class Point(NamedTuple):
    """`at` is in seconds of a clock that never jumps; None is not known."""

    at: float
    recorded: float | None
    ready: int | None


class Sampler:
    """`current` is the last look; `next` waits for one that is newer."""

    def __init__(self, collector: Collector) -> None:
        self._collector = collector
        self._stirred = asyncio.Event()
        self._points: deque[Point] = deque(maxlen=_POINTS)
        self._seen: Overview | None = None
        self.closing = False

    async def run(self) -> None:
        while True:
            seen = await self._collector.collect()
            self._seen = seen
            self._points.append(_point(seen))
            self._stir()
            await asyncio.sleep(PAUSE)

    async def current(self) -> Overview:
        while self._seen is None:
            await self._stirred.wait()
        return self._seen

    async def next(self) -> bool:
        """False when the console ends."""
        await self._stirred.wait()
        return not self.closing

    def close(self) -> None:
        self.closing = True
        self._stir()

    @property
    def points(self) -> Sequence[Point]:
        """The last hour, oldest first."""
        return tuple(self._points)

    def _stir(self) -> None:
        stirred, self._stirred = self._stirred, asyncio.Event()
        stirred.set()


def _point(seen: Overview) -> Point:
    return Point(seen.snapshot.at, seen.flow.recorded, seen.snapshot.ready)
