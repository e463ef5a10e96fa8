"""How far it is, told again and again while there is something to do."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

from geo.following.journal import JournalError
from geo.syncing.tally import Progress
from geo.syncing.wiring import Parts
from shared import faults
from shared.logs import get_logger

Show = Callable[[Progress], None]

_LOOK: Final = 1.0
_BETWEEN_LINES: Final = 10.0


async def reported(parts: Parts, show: Show) -> None:
    """For ever; what is told begins anew each time that something is due after nothing was."""
    begin: Progress | None = None
    while True:
        # While there is nothing to tell, the log is not asked.
        if (begin or parts.holding.is_busy) and (now := await _looked(parts)):
            busy = now.total > now.done
            if busy or begin:
                begin = begin or now
                show(now.since(begin))
            begin = begin if busy else None
        await asyncio.sleep(_LOOK)


async def _looked(parts: Parts) -> Progress | None:
    try:
        due = await parts.journal.due()
    except JournalError as error:
        get_logger().debug("progress.unknown", error=faults.in_words(error))
        return None
    return Progress.of(parts.syncing.tally, parts.copier.counts, due=due, seconds=time.monotonic())


class Lines:
    """For a log: one every ten seconds, and at the end."""

    def __init__(self) -> None:
        self._next = 0.0

    def __call__(self, progress: Progress) -> None:
        if progress.seconds < self._next and progress.done < progress.total:
            return
        self._next = progress.seconds + _BETWEEN_LINES if progress.done < progress.total else 0.0
        left = progress.remaining
        get_logger().info(
            "sync.progress",
            done=progress.done,
            total=progress.total,
            blobs=progress.blobs,
            bytes=progress.bytes,
            bytes_per_second=round(progress.rate),
            seconds_left=None if left is None else round(left),
        )
