"""A connection to an HTTP server on this machine, as cheap as it can be: it reads statuses."""

import asyncio
import re
from typing import Final

from console.local.network.ports import LOOPBACK

_HEAD_END: Final = b"\r\n\r\n"
_LENGTH: Final = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class Client(asyncio.Protocol):
    transport: asyncio.Transport

    def __init__(self) -> None:
        self._received = b""
        self._status: asyncio.Future[bytes] | None = None

    def exchange(self, request: bytes) -> "asyncio.Future[bytes]":
        self._received = b""
        self._status = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self._status

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(_HEAD_END)
        length = _LENGTH.search(head)
        if end and length and len(body) >= int(length[1]) and self._status:
            self._status.set_result(head[9:12])

    def connection_lost(self, exc: Exception | None) -> None:
        if self._status and not self._status.done():
            self._status.set_exception(exc or ConnectionResetError("closed without an answer"))


async def connect(port: int) -> Client:
    loop = asyncio.get_running_loop()
    transport, client = await loop.create_connection(Client, LOOPBACK, port)
    client.transport = transport
    return client
