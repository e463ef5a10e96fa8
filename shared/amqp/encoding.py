"""The bytes of a publish: method, header and body frames. Pure."""

import struct
from collections.abc import Mapping
from functools import lru_cache
from random import getrandbits
from typing import Final, NamedTuple, cast

from pamqp.common import FieldValue
from pamqp.encode import encode_table_value

from shared.amqp import frames
from shared.amqp.confirms import LOW
from shared.amqp.message import CONTENT_TYPE, Message
from shared.message_size import LARGEST_MESSAGE

# Class `basic`, weight, size of the body, and which properties follow (section 4.2.6.1): content
# type, headers, delivery mode, message id, timestamp.
_HEADER: Final = struct.Struct(">HHQH")
_BASIC: Final = 60
_FLAGS: Final = 0x8000 | 0x2000 | 0x1000 | 0x0080 | 0x0040
_PERSISTENT: Final = b"\x02"
_CONTENT_TYPE: Final = frames.short(CONTENT_TYPE.encode())
_SIZE: Final = struct.Struct(">I")
_TIMESTAMP: Final = struct.Struct(">Q")
_MANDATORY: Final = 1
# Random, so that none is used twice by anybody; its end is the number of the publish.
_RANDOM_BITS: Final = 96
_LOW_DIGITS: Final = 8
# Bytes of a message id with its length before it, and of a timestamp.
_FRESH: Final = 33 + 8


class Encoded(NamedTuple):
    """The frames of a publish, but for what is fresh each time: its message id and its time."""

    head: bytes
    tail: bytes


def encode(message: Message, *, channel: int, frame_max: int) -> Encoded:
    """Raises ValueError for a header that AMQP cannot carry, and a body that no broker takes."""
    body = message.body
    if len(body) > LARGEST_MESSAGE:
        raise ValueError(f"its {len(body):,} bytes are more than a broker takes")
    properties = (
        _HEADER.pack(_BASIC, 0, len(body), _FLAGS)
        + _CONTENT_TYPE
        + _table(message.headers)
        + _PERSISTENT
    )
    start = frames.start(frames.HEADER, channel, len(properties) + _FRESH)
    method = _publish(message.exchange, message.routing_key, message.mandatory, channel)
    largest = frame_max - frames.OVERHEAD
    pieces = [body[start : start + largest] for start in range(0, len(body), largest)]
    bodies = [frames.frame(frames.BODY, channel, piece) for piece in pieces]
    return Encoded(method + start + properties, b"".join((frames.END, *bodies)))


def written(encoded: Encoded, number: int, *, at: bytes) -> bytes:
    """The publish with that number on its channel, at that `timestamp`."""
    random = getrandbits(_RANDOM_BITS)
    # The blank is the id's length, 32.
    return b"%b %024x%08x%b%b" % (encoded.head, random, number % LOW, at, encoded.tail)


def timestamp(at: float) -> bytes:
    """Of a Unix time."""
    return _TIMESTAMP.pack(int(at))


def number_of(message_id: str) -> int | None:
    """The low 32 bits of the number of a publish of ours."""
    try:
        return int(message_id[-_LOW_DIGITS:], 16)
    except ValueError:
        return None


@lru_cache(maxsize=256)
def _publish(exchange: str, routing_key: str, mandatory: bool, channel: int) -> bytes:  # noqa: FBT001  a cache's key
    names = frames.short(exchange.encode()) + frames.short(_text(routing_key))
    payload = frames.PUBLISH + b"\x00\x00" + names + bytes((_MANDATORY * mandatory,))
    return frames.frame(frames.METHOD, channel, payload)


def _table(headers: Mapping[str, object]) -> bytes:
    parts: list[bytes] = []
    for name, value in headers.items():
        if isinstance(value, str):
            text = _text(value)
            parts += (_name(name), b"S", _SIZE.pack(len(text)), text)
        else:
            parts += (_name(name), _other(value))
    fields = b"".join(parts)
    return _SIZE.pack(len(fields)) + fields


@lru_cache(maxsize=256)
def _name(name: str) -> bytes:
    return frames.short(_text(name))


def _other(value: object) -> bytes:
    """As pamqp writes it: the broker's own story of a dead letter holds lists and tables."""
    try:
        return encode_table_value(cast("FieldValue", value))
    except (TypeError, struct.error):
        raise ValueError(f"AMQP cannot carry a header's {type(value).__name__}") from None


def _text(text: str) -> bytes:
    # Readers take it for UTF-8, which has no lone surrogates.
    return text.encode("utf-8", "backslashreplace")
