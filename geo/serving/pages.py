"""Changes of the log, which is the same for every site."""

import asyncio
from collections.abc import Sequence

from geo.log import reading
from geo.log.change import Change
from shared.database import Pool, borrowed


class Pages:
    """When the log goes on, all who wait ask for the same: what several ask for is read once."""

    def __init__(self, pool: Pool, *, seconds: float) -> None:
        self._pool, self._seconds = pool, seconds
        self._reading: dict[tuple[int, int], asyncio.Task[Sequence[Change]]] = {}

    async def read(self, after: int, *, last: int, limit: int) -> Sequence[Change]:
        """As `reading.read`, and raises what that does."""
        if last == after:
            return ()
        page = (after, min(last, after + limit))
        if page not in self._reading:
            task = asyncio.ensure_future(self._read(after, last=last, limit=limit))
            self._reading[page] = task
            task.add_done_callback(lambda _: self._reading.pop(page))
        # One who goes takes it from nobody else.
        return await asyncio.shield(self._reading[page])

    async def _read(self, after: int, *, last: int, limit: int) -> Sequence[Change]:
        async with borrowed(self._pool, seconds=self._seconds) as connection:
            return await reading.read(connection, after, last=last, limit=limit)
