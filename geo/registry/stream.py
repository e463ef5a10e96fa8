"""What is sent of a blob, as it is read and hashed."""

import asyncio
from collections.abc import Callable
from typing import Self

from geo.registry.errors import RegistryError
from geo.registry.fingerprint import Fingerprint
from geo.registry.reading import Reading


class Stream:
    """From `offset` on, though it may be read, and is hashed, from before it.

    A class, since nobody would close a generator whose request was given up. `reached` hears how
    far it is; `deadline` is that of whoever takes the bytes, `seconds` for each chunk, and does not
    pass while these are waited for; `fault` is what ended it, which aiohttp tells as a connection
    that broke.
    """

    def __init__(
        self,
        reading: Reading,
        fingerprint: Fingerprint,
        offset: int,
        reached: Callable[[int], None],
        *,
        seconds: float,
    ) -> None:
        self._reading = reading
        self._fingerprint = fingerprint
        self._offset = offset
        self._reached = reached
        self._seconds = seconds
        self.deadline = asyncio.timeout(None)
        self.fault: RegistryError | None = None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        self.deadline.reschedule(None)
        try:
            chunk = await self._chunk()
        except RegistryError as fault:
            self.fault = fault
            raise
        self.deadline.reschedule(asyncio.get_running_loop().time() + self._seconds)
        if not chunk:
            raise StopAsyncIteration
        return chunk

    async def _chunk(self) -> bytes:
        while chunk := await self._reading.chunk():
            start = self._fingerprint.offset
            self._fingerprint.update(chunk)
            if self._fingerprint.offset > self._offset:
                self._reached(self._fingerprint.offset)
                return chunk[max(0, self._offset - start) :]
        return b""
