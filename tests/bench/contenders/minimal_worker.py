"""The ceiling: AMQP 0-9-1 by hand, without heartbeats, reconnecting, back-pressure or bad input.

It takes batches of 500 out of 2,000 prefetched, reads them with msgspec, writes the rows that ours
writes with one statement, and acknowledges with one frame.
"""

import asyncio
import os
import struct
from collections.abc import Sequence
from itertools import islice
from typing import Any, Final

import asyncpg
import uvloop
from yarl import URL

from shared.amqp.topology import EVENTS_QUEUE
from tests.bench.contenders.minimal_rows import RECORD, columns

_BATCH: Final = 500
_PREFETCH: Final = 2000
_WAIT: Final = 0.01
_FRAME: Final = struct.Struct(">BHI")
_TAG: Final = struct.Struct(">Q")
_METHOD, _BODY = 1, 3
_DELIVER: Final = struct.pack(">HH", 60, 60)


class Client(asyncio.Protocol):
    """One connection with one channel, on which one consumer takes deliveries."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self.deliveries: list[tuple[int, bytes]] = []
        self._answered = asyncio.Event()
        self._some = asyncio.Event()
        self._rest = b""
        self._tag = 0

    def data_received(self, data: bytes) -> None:
        data = self._rest + data
        start, length = 0, len(data)
        while length - start > _FRAME.size:
            kind, _, size = _FRAME.unpack_from(data, start)
            payload, end = start + 7, start + size + 8
            if end > length:
                break
            if kind == _BODY:
                self.deliveries.append((self._tag, data[payload : end - 1]))
            elif kind == _METHOD and data[payload : payload + 4] == _DELIVER:
                (self._tag,) = _TAG.unpack_from(data, payload + 5 + data[payload + 4])
            elif kind == _METHOD:
                self._answered.set()
            start = end
        self._rest = data[start:]
        if self.deliveries:
            self._some.set()

    def send(self, channel: int, group: int, method: int, arguments: bytes = b"") -> None:
        payload = struct.pack(">HH", group, method) + arguments
        self.transport.write(_FRAME.pack(_METHOD, channel, len(payload)) + payload + b"\xce")

    async def answer(self) -> None:
        await self._answered.wait()
        self._answered.clear()

    async def consume(self, url: URL) -> None:
        self.transport.write(b"AMQP\x00\x00\x09\x01")
        await self.answer()
        secret = f"\0{url.user}\0{url.password}".encode()
        length = struct.pack(">I", len(secret))
        self.send(0, 10, 11, bytes(4) + _short("PLAIN") + length + secret + _short("en_US"))
        await self.answer()
        self.send(0, 10, 31, struct.pack(">HIH", 1, 131_072, 0))
        self.send(0, 10, 40, _short(url.path[1:] or "/") + bytes(2))
        await self.answer()
        self.send(1, 20, 10, bytes(1))
        await self.answer()
        self.send(1, 60, 10, struct.pack(">IHB", 0, _PREFETCH, 0))
        await self.answer()
        self.send(1, 60, 20, bytes(2) + _short(EVENTS_QUEUE) + bytes(6))

    async def batch(self) -> Sequence[tuple[int, bytes]]:
        await self._some.wait()
        if len(self.deliveries) < _BATCH:
            await asyncio.sleep(_WAIT)
        batch = list(islice(self.deliveries, _BATCH))
        del self.deliveries[:_BATCH]
        if not self.deliveries:
            self._some.clear()
        return batch

    def acknowledge(self, last: int) -> None:
        self.send(1, 60, 80, _TAG.pack(last) + b"\x01")


def _short(text: str) -> bytes:
    return bytes([len(text.encode())]) + text.encode()


async def main() -> None:
    url = URL(os.environ["AMQP_URL"])
    # Knowing nothing of the arrays' length, it would compare each of their rows with each.
    settings = {"enable_nestloop": "off", "jit": "off"}
    database: Any = await asyncpg.connect(os.environ["DATABASE_URL"], server_settings=settings)
    loop = asyncio.get_running_loop()
    transport, client = await loop.create_connection(Client, url.host or "", url.port or 0)
    client.transport = transport
    await client.consume(url)
    while batch := await client.batch():
        await database.execute(RECORD, *columns([body for _, body in batch]))
        client.acknowledge(batch[-1][0])


if __name__ == "__main__":
    uvloop.run(main())
