"""`python -m tests.drills.attacker KIND PORT CONNECTIONS`: a hostile client, until it is ended.

It goes to the loopback interface only. What it receives it ignores or prints; a connection that the
server closes is opened again, at most ten times a second.
"""

import asyncio
import resource
import sys
from collections.abc import Awaitable, Callable
from typing import Final

from console.local.network.ports import LOOPBACK
from tests.running import TOKEN

_AT_ONCE: Final = 200
_PAUSE: Final = 0.1
_HEAD: Final = b"POST /notifications HTTP/1.1\r\nHost: x\r\n"
_GOOD: Final = f"Authorization: Bearer {TOKEN}\r\n".encode()
_WRONG: Final = _HEAD + b"Authorization: Bearer wrong\r\nContent-Length: 2\r\n\r\n{}"

Attack = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def idle(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def slow_head(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(_HEAD)
    while True:
        writer.write(b"X-Slow: 1\r\n")
        await writer.drain()
        await asyncio.sleep(1)


async def slow_body(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(_HEAD + _GOOD + b"Content-Length: 100000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(1)


async def headers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(_HEAD + b"".join(b"X-%d: %s\r\n" % (n, b"x" * 8000) for n in range(200)))
    await _tell(reader)


async def oversized(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(_HEAD + _GOOD + b"Content-Length: 5000000000\r\n\r\n" + b"x" * 100_000)
    await reader.read(1)


async def chunked(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(_HEAD + _GOOD + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"4000\r\n" + b"x" * 0x4000 + b"\r\n")
        await writer.drain()


async def pipelined(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(_WRONG * 50)
        await reader.readexactly(1000)


async def smuggled(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    both = b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    writer.write(_HEAD + _GOOD + both + b"GET /smuggled HTTP/1.1\r\n\r\n")
    await _tell(reader)


async def wrong_token(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(_WRONG)
        await reader.readuntil(b"}")


async def _tell(reader: asyncio.StreamReader) -> None:
    """Print the status line of the answer: ingest does not count it."""
    status = await reader.readline()
    sys.stdout.write(status.decode("latin-1"))
    sys.stdout.flush()
    await reader.read()


ATTACKS: Final[dict[str, Attack]] = {
    attack.__name__: attack
    for attack in (
        *(idle, slow_head, slow_body, headers, oversized),
        *(chunked, pipelined, smuggled, wrong_token),
    )
}


async def _repeat(attack: Attack, port: int, connecting: asyncio.Semaphore) -> None:
    while True:
        writer = None
        try:
            async with connecting:
                reader, writer = await asyncio.open_connection(LOOPBACK, port)
            await attack(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            if writer:
                writer.transport.abort()
        await asyncio.sleep(_PAUSE)


async def _attack(kind: str, port: int, connections: int) -> None:
    connecting = asyncio.Semaphore(_AT_ONCE)
    attack = ATTACKS[kind]
    await asyncio.gather(*(_repeat(attack, port, connecting) for _ in range(connections)))


if __name__ == "__main__":
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asyncio.run(_attack(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
