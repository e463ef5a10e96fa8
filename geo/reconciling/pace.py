"""No more requests a second than the registry shall have, and no more at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Pace:
    """`at_once` requests at most, which begin at least 1 / `per_second` seconds apart."""

    def __init__(self, at_once: int, per_second: float) -> None:
        self._room = asyncio.Semaphore(at_once)
        self._apart = 1 / per_second
        self._next = 0.0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """A block for one request."""
        async with self._room:
            now = asyncio.get_running_loop().time()
            begins = max(self._next, now)
            self._next = begins + self._apart
            if begins > now:
                await asyncio.sleep(begins - now)
            yield
