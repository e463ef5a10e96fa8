"""Messages out of the frames of a channel: those that are delivered, and those that come back."""

import struct
from dataclasses import dataclass, field
from typing import Final

from shared.amqp import frames
from shared.amqp.properties import Properties, decode

_BODY_SIZE: Final = struct.Struct(">Q")


@dataclass(slots=True)
class Content:
    """`header` is the payload of its header frame, read only by who asks for `properties`."""

    header: bytes = field(default=b"", init=False)
    body: bytes = field(default=b"", init=False)

    @property
    def properties(self) -> Properties:
        return decode(self.header)


@dataclass(slots=True)
class Delivery(Content):
    """A message that the broker handed over; `tag` settles it on its channel."""

    tag: int
    routing_key: str


@dataclass(slots=True)
class Returned(Content):
    """A message of ours that no queue takes, and the broker's words for it."""

    why: str


class Contents:
    """Puts together what follows a method: a header, and a body in any number of pieces.

    A channel has no other frame in between (section 4.2.6).
    """

    def __init__(self) -> None:
        self._open: Content | None = None
        self._parts: list[bytes] = []
        self._missing = 0

    def begin(self, content: Content) -> None:
        self._open = content

    @property
    def is_open(self) -> bool:
        return self._open is not None

    def add(self, kind: int, payload: bytes) -> Content | None:
        """Add the payload of a header or body frame; the message that it completes."""
        content = self._open
        if content is None:
            return None
        if kind == frames.HEADER:
            content.header = payload
            (self._missing,) = _BODY_SIZE.unpack_from(payload, 4)
        else:
            self._parts.append(payload)
            self._missing -= len(payload)
        if self._missing > 0:
            return None
        if self._parts:
            content.body = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
            self._parts = []
        self._open = None
        return content


def delivery(payload: bytes) -> Delivery:
    """Of `deliver`: class, method, consumer tag, tag, redelivered, exchange, routing key."""
    start = 5 + payload[4]
    tag = int.from_bytes(payload[start : start + 8], "big")
    start += 9
    start += 1 + payload[start]
    return Delivery(tag, _text(payload, start))


def returned(payload: bytes) -> Returned:
    """Of `return`: class, method, code, words, exchange, routing key."""
    return Returned(_text(payload, 6))


def _text(payload: bytes, at: int) -> str:
    return payload[at + 1 : at + 1 + payload[at]].decode("utf-8", "replace")
