"""Reading a notification's body, however it is sent, in bounded time and memory."""

import asyncio
from collections.abc import Callable
from hashlib import sha256
from typing import Final

from aiohttp import StreamReader, web

from ingest.translation import Body

# Of a body that is larger than allowed: enough to see who sends it and what.
BEGINNING: Final = 64 * 1024
# Times the limit; what is larger still is no registry's (see README, "Large bodies").
_TAKEN_OFF: Final = 16


class BodyError(Exception):
    """There is no whole body: its sender is not done."""


Told = Callable[[bytes], None]


async def read(
    request: web.Request, *, limit: int, seconds: float, told: Told | None = None
) -> Body:
    """The body; what is larger than `limit` bytes is taken off the wire too. Raises BodyError.

    `told` hears all of it, piece by piece.

    Refused, it would be sent again for ever, and nothing behind it. Not `request.read()`: it lets a
    connection buffer several times the limit.
    """
    content = request.content
    try:
        # Most come with their head: nothing to wait for, and nothing to put together.
        if content.is_eof() and content.total_bytes <= limit:
            whole = content.read_nowait()
            if told:
                told(whole)
            return Body.whole(whole)
        return await _read_rest(content, limit, seconds, told)
    except TimeoutError:
        raise BodyError(f"the body did not arrive within {seconds:g} s") from None
    except (ConnectionError, web.PayloadAccessError, web.RequestPayloadError):
        raise BodyError("the body broke off") from None


async def _read_rest(content: StreamReader, limit: int, seconds: float, told: Told | None) -> Body:
    reading = _Reading(limit)
    async with asyncio.timeout(seconds):
        async for chunk in content.iter_any():
            reading.add(chunk)
            if told:
                told(chunk)
    return reading.body()


class _Reading:
    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept = bytearray()
        self._length = 0
        self._digest = sha256()

    def add(self, chunk: bytes) -> None:
        """Raises BodyError for a body without an end."""
        self._length += len(chunk)
        if self._length > self._limit * _TAKEN_OFF:
            raise BodyError(f"the body has no end within {self._limit * _TAKEN_OFF} bytes")
        if self._length - len(chunk) > self._limit:
            self._digest.update(chunk)
            return
        self._kept += chunk
        if self._length > self._limit:
            self._digest.update(self._kept)
            del self._kept[min(BEGINNING, self._limit) :]

    def body(self) -> Body:
        is_cut = self._length > self._limit
        digest = self._digest.hexdigest() if is_cut else ""
        return Body(bytes(self._kept), self._length, digest)
