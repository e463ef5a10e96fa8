"""Reading a notification's body, however it is sent, in bounded time and memory."""

import asyncio
from collections.abc import Callable

from aiohttp import StreamReader, web

from ingest.body_limit import BodyError, Reading
from ingest.received import Body

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
    reading = Reading(limit)
    async with asyncio.timeout(seconds):
        async for chunk in content.iter_any():
            reading.add(chunk)
            if told:
                told(chunk)
    return reading.body()
