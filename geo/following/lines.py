"""Changes as lines of JSON in a file, a pipe or a terminal."""

import asyncio
import os
from collections.abc import Sequence
from typing import Final

from geo.following.receiver import line
from geo.log.change import Change

# What a pipe that has any room takes without waiting: pipe(7).
_PIECE: Final = 4096


class Lines:
    """Of a descriptor that others may write to as well, so it stays one that waits.

    Whoever reads too slowly is waited for; what ends without a line break was cut off, and comes
    again.
    """

    most = 10_000

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    async def take(self, changes: Sequence[Change]) -> None:
        """Raises what writing fails with, BrokenPipeError when nobody reads any more."""
        left = memoryview(b"".join(map(line, changes)))
        while left:
            await self._room()
            left = left[os.write(self._descriptor, left[:_PIECE]) :]

    async def _room(self) -> None:
        loop = asyncio.get_running_loop()
        room = asyncio.Event()
        try:
            loop.add_writer(self._descriptor, room.set)
        except PermissionError:
            # A plain file, which has room always.
            return
        try:
            await room.wait()
        finally:
            loop.remove_writer(self._descriptor)
