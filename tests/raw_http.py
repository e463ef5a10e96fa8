"""HTTP as no client library sends it."""

import asyncio
import re

from yarl import URL

from tests.running import TOKEN
from tests.waiting import DEADLINE

HEAD = (
    "POST /notifications HTTP/1.1\r\nHost: x\r\n"
    f"Authorization: Bearer {TOKEN}\r\nContent-Length: %d\r\n\r\n"
)
CHUNKED = HEAD.replace("Content-Length: %d", "Transfer-Encoding: chunked").encode()


async def connect(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    address = URL(url)
    return await asyncio.open_connection(address.host, address.port)


async def first_line(url: str, sent: bytes, *, end: bool = False) -> bytes:
    """The status line of the answer; empty if there is none. `end`: nothing comes after `sent`."""
    reader, writer = await connect(url)
    writer.write(sent)
    if end:
        writer.write_eof()
    async with asyncio.timeout(DEADLINE):
        line = await reader.readline()
    writer.close()
    return line


async def whole_answer(url: str, sent: bytes) -> bytes:
    """All that comes until the connection is closed."""
    reader, writer = await connect(url)
    try:
        writer.write(sent)
        async with asyncio.timeout(DEADLINE):
            return await reader.read()
    finally:
        writer.transport.abort()


def statuses(answer: bytes) -> list[bytes]:
    return re.findall(rb"HTTP/1.[01] (\d+) ", answer)
