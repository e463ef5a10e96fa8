"""Deliveries read straight from the connection's bytes: a hundred thousand of them in seconds.

aiormq starts a task for each delivery and decodes every frame; that takes three times as long. It
still reads and writes everything else. Frames as in AMQP 0-9-1, section 4.2.3.
"""

import asyncio
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from aiormq.connection import TransportFactory
from yarl import URL

_FRAME: Final = struct.Struct(">BHI")
_METHOD_FRAME: Final = 1
_OVERHEAD: Final = _FRAME.size + 1
_DELIVER: Final = struct.pack(">HH", 60, 60)
_HEARTBEAT: Final = _FRAME.pack(8, 0, 0) + b"\xce"
_BODY_SIZE: Final = struct.Struct(">Q")
_LIMIT: Final = 2**16


@dataclass(slots=True)
class Delivery:
    """A message that the broker handed over; `tag` settles it on its channel."""

    tag: int
    routing_key: str
    header: bytes
    body: bytes


class DeliveryReader(asyncio.StreamReader):
    """The connection's reader; once `on_delivery` is set it gets what would be delivered."""

    def __init__(self) -> None:
        super().__init__(limit=_LIMIT)
        self.on_delivery: Callable[[Delivery], None] | None = None
        self._rest = b""
        self._open: Delivery | None = None
        self._parts: list[bytes] = []
        self._missing = 0

    def feed_data(self, data: bytes) -> None:  # type: ignore[override]  # asyncio feeds bytes
        """Take whole frames; what is not of a delivery goes on to aiormq."""
        data = self._rest + data
        others, start = [], 0
        while len(data) - start >= _OVERHEAD:
            kind, channel, size = _FRAME.unpack_from(data, start)
            end = start + size + _OVERHEAD
            if end > len(data):
                break
            payload = data[start + _FRAME.size : end - 1]
            if not (channel and self.on_delivery and self._taken(kind, payload)):
                others.append(data[start:end])
            start = end
        self._rest = data[start:]
        # A sign of life: aiormq measures the time since the last frame that it saw.
        super().feed_data(b"".join(others) or _HEARTBEAT * bool(start))

    def feed_eof(self) -> None:
        super().feed_data(self._rest)
        super().feed_eof()

    def _taken(self, kind: int, payload: bytes) -> bool:
        if kind == _METHOD_FRAME:
            if not payload.startswith(_DELIVER):
                return False
            self._open = _delivery(payload)
        elif self._open is None:
            return False
        elif not self._open.header:
            self._open.header = payload
            (self._missing,) = _BODY_SIZE.unpack_from(payload, 4)
        else:
            self._parts.append(payload)
            self._missing -= len(payload)
        self._hand_over()
        return True

    def _hand_over(self) -> None:
        delivery = self._open
        if delivery and delivery.header and not self._missing and self.on_delivery:
            delivery.body = b"".join(self._parts)
            self._open, self._parts = None, []
            self.on_delivery(delivery)


def _delivery(payload: bytes) -> Delivery:
    """Class, method, consumer tag, delivery tag, redelivered, exchange, routing key."""
    start = 5 + payload[4]
    tag = int.from_bytes(payload[start : start + 8], "big")
    start += 9
    start += 1 + payload[start]
    routing_key = payload[start + 1 : start + 1 + payload[start]].decode("utf-8", "replace")
    return Delivery(tag=tag, routing_key=routing_key, header=b"", body=b"")


class DeliveryTransport(TransportFactory):
    """Opens one connection whose reader is `reader`, and cuts it."""

    def __init__(self) -> None:
        self.reader = DeliveryReader()
        self._transport: asyncio.Transport | None = None

    def cut(self) -> None:
        if self._transport:
            self._transport.abort()

    async def create(
        self,
        url: URL,
        **kwargs: Any,  # noqa: ANN401  aiormq's interface
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        context = None
        if url.scheme == "amqps":
            context = await kwargs["ssl_context_provider"].get_context()
        loop = asyncio.get_running_loop()
        protocol = asyncio.StreamReaderProtocol(self.reader, loop=loop)
        transport, _ = await loop.create_connection(
            lambda: protocol, url.host or "", url.port or 0, ssl=context
        )
        self._transport = transport
        return self.reader, asyncio.StreamWriter(transport, protocol, self.reader, loop)
