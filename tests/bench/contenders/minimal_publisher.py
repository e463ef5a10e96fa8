"""A ceiling, not a product: AMQP 0-9-1 by hand, for publishing with confirms and nothing else.

What is published in one turn of the loop is one write. It knows no heartbeat, no reconnect, no
returned message, no body beyond one frame.
"""

import asyncio
import struct
from collections.abc import Sequence
from functools import cache
from itertools import takewhile
from typing import Any, Final, Self
from urllib.parse import unquote, urlsplit

from pamqp import commands, frame
from pamqp.header import ProtocolHeader

from console.local.network.ports import LOOPBACK
from shared.amqp.topology import EVENTS_EXCHANGE

_PORT: Final = 5672
_CHANNEL: Final = 1
_PREFIX: Final = struct.Struct(">BHI")
_METHOD: Final = struct.Struct(">HH")
_CONFIRM: Final = struct.Struct(">QB")
_METHOD_FRAME, _HEADER_FRAME, _BODY_FRAME, _END = 1, 2, 3, b"\xce"
_BASIC, _PUBLISH, _ACK, _NACK, _MANDATORY = 60, 40, 80, 120, 1
# Content type and delivery mode; 2 is persistent.
_PROPERTIES: Final = struct.pack(">HB16sB", 0x9000, 16, b"application/json", 2)


class _Publish:
    """Of `left` messages it is not known yet that the broker has them."""

    def __init__(self, left: int) -> None:
        self.left = left
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()


class MinimalPublisher(asyncio.Protocol):
    transport: asyncio.Transport

    def __init__(self) -> None:
        self._received = b""
        self._replies: asyncio.Queue[object] = asyncio.Queue()
        self._sequence = 0
        self._unconfirmed: dict[int, _Publish] = {}
        self._unwritten: list[bytes] = []

    @classmethod
    async def connected(cls, url: str) -> Self:
        """A publisher whose channel confirms; the topology is declared already."""
        parts, loop = urlsplit(url), asyncio.get_running_loop()
        host, port = parts.hostname or LOOPBACK, parts.port or _PORT
        transport, self = await loop.create_connection(cls, host, port)
        self.transport = transport
        transport.write(ProtocolHeader(0, 9, 1).marshal())
        await self._replies.get()
        login = f"\0{unquote(parts.username or '')}\0{unquote(parts.password or '')}"
        await self._call(commands.Connection.StartOk(mechanism="PLAIN", response=login), 0)
        self._send(commands.Connection.TuneOk(channel_max=1, frame_max=131072, heartbeat=0), 0)
        await self._call(commands.Connection.Open(unquote(parts.path[1:])), 0)
        await self._call(commands.Channel.Open(), _CHANNEL)
        await self._call(commands.Confirm.Select(), _CHANNEL)
        return self

    async def publish(self, messages: Sequence[tuple[str, bytes]]) -> None:
        """Routing keys and bodies; returns when the broker has confirmed all of them.

        Raises ConnectionResetError if it refuses one or is gone.
        """
        publish = _Publish(len(messages))
        if not self._unwritten:
            asyncio.get_running_loop().call_soon(self._write)
        for key, body in messages:
            self._sequence += 1
            self._unconfirmed[self._sequence] = publish
            self._unwritten += (_before_body(key, len(body)), body, _END)
        await publish.done

    def data_received(self, data: bytes) -> None:
        received, start = self._received + data, 0
        while len(received) >= start + _PREFIX.size:
            kind, _, size = _PREFIX.unpack_from(received, start)
            end = start + _PREFIX.size + size + len(_END)
            if end > len(received):
                break
            if kind == _METHOD_FRAME:
                self._take(received[start:end])
            start = end
        self._received = received[start:]

    def connection_lost(self, exc: Exception | None) -> None:
        for publish in self._unconfirmed.values():
            if not publish.done.done():
                publish.done.set_exception(exc or ConnectionResetError("the broker refused"))
        self._unconfirmed.clear()

    def _take(self, data: bytes) -> None:
        method = _METHOD.unpack_from(data, _PREFIX.size)
        if method == (_BASIC, _ACK):
            self._confirm(*_CONFIRM.unpack_from(data, _PREFIX.size + _METHOD.size))
        elif method == (_BASIC, _NACK):
            self.connection_lost(None)
        else:
            self._replies.put_nowait(frame.unmarshal(data)[2])

    def _confirm(self, tag: int, multiple: int) -> None:
        until = takewhile(lambda number: number <= tag, self._unconfirmed)
        for number in list(until) if multiple else (tag,):
            publish = self._unconfirmed.pop(number)
            publish.left -= 1
            if not publish.left:
                publish.done.set_result(None)

    def _write(self) -> None:
        self.transport.write(b"".join(self._unwritten))
        self._unwritten.clear()

    async def _call(self, command: Any, channel: int) -> None:
        self._send(command, channel)
        await self._replies.get()

    def _send(self, command: Any, channel: int) -> None:
        self.transport.write(frame.marshal(command, channel))


@cache
def _before_body(key: str, size: int) -> bytes:
    """The method, the content header, and the beginning of the body's frame."""
    exchange, routing = EVENTS_EXCHANGE.encode(), key.encode()
    method = struct.pack(
        f">HHHB{len(exchange)}sB{len(routing)}sB",
        *(_BASIC, _PUBLISH, 0, len(exchange), exchange, len(routing), routing, _MANDATORY),
    )
    header = struct.pack(">HHQ", _BASIC, 0, size) + _PROPERTIES
    return (
        _PREFIX.pack(_METHOD_FRAME, _CHANNEL, len(method))
        + method
        + _END
        + _PREFIX.pack(_HEADER_FRAME, _CHANNEL, len(header))
        + header
        + _END
        + _PREFIX.pack(_BODY_FRAME, _CHANNEL, size)
    )
