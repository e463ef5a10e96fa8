"""Message properties from their frame: those that anybody here reads, and fast.

As in AMQP 0-9-1, section 4.2.6.1, and RabbitMQ's field types; what is not a text or a whole number
is left to pamqp, which takes three times as long.
"""

import struct
from typing import Any, Final, NamedTuple

from pamqp.header import ContentHeader

_START: Final = 14
_FLAGS: Final = struct.Struct(">H")
_SIZE: Final = struct.Struct(">I")
_TIME: Final = struct.Struct(">Q")
_NUMBERS: Final = {
    ord(kind): struct.Struct(f">{code}")
    for kind, code in {"b": "b", "s": "h", "I": "i", "l": "q", "i": "I"}.items()
}
_TEXT: Final = ord("S")


class Properties(NamedTuple):
    """`published` is the sender's time of it, in whole seconds; 0 if it does not say."""

    message_id: str
    headers: dict[str, Any]
    published: int = 0


class _UnusualError(Exception):
    """Something that is decoded elsewhere."""


def decode(payload: bytes) -> Properties:
    """The properties in the payload of a content header frame."""
    try:
        return _decode(payload)
    except (_UnusualError, UnicodeDecodeError):
        header = ContentHeader()
        header.unmarshal(payload)
        properties = header.properties
        published = properties.timestamp
        return Properties(
            properties.message_id or "",
            dict(properties.headers or {}),
            int(published.timestamp()) if published else 0,
        )


def _decode(payload: bytes) -> Properties:
    (flags,) = _FLAGS.unpack_from(payload, _START - 2)
    at, headers, message_id, published = _START, {}, "", 0
    for flag in (0x8000, 0x4000):  # content type, content encoding
        at = at + 1 + payload[at] if flags & flag else at
    if flags & 0x2000:
        (size,) = _SIZE.unpack_from(payload, at)
        headers = _table(payload, at + 4, at + 4 + size)
        at += 4 + size
    at += bool(flags & 0x1000) + bool(flags & 0x0800)  # delivery mode, priority
    for flag in (0x0400, 0x0200, 0x0100):  # correlation id, reply to, expiration
        at = at + 1 + payload[at] if flags & flag else at
    if flags & 0x0080:
        message_id = payload[at + 1 : at + 1 + payload[at]].decode()
        at = at + 1 + payload[at]
    if flags & 0x0040:
        (published,) = _TIME.unpack_from(payload, at)
    return Properties(message_id, headers, published)


def _table(payload: bytes, at: int, end: int) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    while at < end:
        value = at + 1 + payload[at]
        name, kind = payload[at + 1 : value].decode(), payload[value]
        if kind == _TEXT:
            at = value + 5 + int.from_bytes(payload[value + 1 : value + 5], "big")
            headers[name] = payload[value + 5 : at].decode()
        elif number := _NUMBERS.get(kind):
            (headers[name],) = number.unpack_from(payload, value + 1)
            at = value + 1 + number.size
        else:
            raise _UnusualError
    return headers
