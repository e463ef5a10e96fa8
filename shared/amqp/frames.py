"""Frames and methods of AMQP 0-9-1, as far as messages need them: pure.

Frames as in section 4.2.3 of the specification, methods as in its classes:
https://www.rabbitmq.com/amqp-0-9-1-reference
"""

import struct
from collections.abc import Iterator
from typing import Final

METHOD: Final = 1
HEADER: Final = 2
BODY: Final = 3

# Class and method.
CHANNEL_CLOSE: Final = struct.pack(">HH", 20, 40)
PUBLISH: Final = struct.pack(">HH", 60, 40)
RETURN: Final = struct.pack(">HH", 60, 50)
DELIVER: Final = struct.pack(">HH", 60, 60)
ACK: Final = struct.pack(">HH", 60, 80)
NACK: Final = struct.pack(">HH", 60, 120)

_FRAME: Final = struct.Struct(">BHI")
END: Final = b"\xce"
# Bytes of a frame beside its payload.
OVERHEAD: Final = _FRAME.size + len(END)
HEARTBEAT: Final = _FRAME.pack(8, 0, 0) + END
_SETTLE: Final = struct.Struct(">QB")


def start(kind: int, channel: int, size: int) -> bytes:
    """What stands before a payload of `size` bytes; END stands behind it."""
    return _FRAME.pack(kind, channel, size)


def frame(kind: int, channel: int, payload: bytes) -> bytes:
    return _FRAME.pack(kind, channel, len(payload)) + payload + END


def cut(data: bytes) -> Iterator[tuple[int, int, int, int]]:
    """The frames that are whole in `data`, in their order.

    Of each its kind, its channel, and where its payload starts and ends.
    """
    unpack, size, at = _FRAME.unpack_from, len(data), 0
    while size - at >= OVERHEAD:
        kind, channel, length = unpack(data, at)
        start = at + _FRAME.size
        at = start + length + 1
        if at > size:
            return
        yield kind, channel, start, at - 1


def ack(channel: int, tag: int, *, and_before: bool) -> bytes:
    """The frame that acknowledges a delivery, or all up to it."""
    return frame(METHOD, channel, ACK + _SETTLE.pack(tag, and_before))


def settled(payload: bytes) -> tuple[int, bool]:
    """The number in the payload of an ack or nack, and whether all before it are meant too."""
    tag, bits = _SETTLE.unpack_from(payload, 4)
    return tag, bool(bits & 1)


def short(text: bytes) -> bytes:
    """A short text: at most 255 bytes, its length before it. Raises ValueError beyond."""
    return bytes((len(text),)) + text
