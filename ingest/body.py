"""Reading a notification's body, however it is sent, in bounded time and memory."""

import asyncio

from aiohttp import web


class BodyError(Exception):
    """There is no whole body; `status` is the answer."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


async def read(request: web.Request, *, limit: int, seconds: float) -> bytes:
    """The body, of `limit` bytes at most; raises BodyError.

    Not `request.read()`: it lets a connection buffer several times the limit.
    """
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > limit:
                    raise BodyError(413, f"the body is larger than {limit} bytes")
    except TimeoutError:
        raise BodyError(408, f"the body did not arrive within {seconds} s") from None
    except (ConnectionError, web.PayloadAccessError, web.RequestPayloadError):
        # Nobody is there to read it.
        raise BodyError(400, "the body broke off") from None
    return bytes(body)
