"""A dead letter that holds a whole notification, which ingest could not take as it came."""

import zlib
from datetime import UTC, datetime
from typing import Final

from console.dead_letters.letter.dead_letter import DeadLetter
from ingest.envelope import UnreadableEnvelopeError, split
from ingest.translation import Body, Notification, translate_each
from shared.amqp.dead_letter import Reason
from shared.amqp.message import TRACEPARENT, Message, received_at
from shared.origin import DISTRIBUTION, Origin
from shared.text import from_bytes, to_bytes

# Bytes of an unpacked body; a bomb is left as it is.
_LARGEST: Final = 16 * 1024 * 1024
_PACKED: Final = (b"\x1f\x8b", b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_MARK: Final = "\ufeff"
_GZIP_OR_ZLIB: Final = zlib.MAX_WBITS | 32
_WHOLE: Final = frozenset({Reason.UNREADABLE_BODY, Reason.BODY_TOO_LARGE})


def readable(body: str) -> str:
    """The body without a byte order mark, unpacked if it is compressed (gzip, zlib)."""
    is_packed = to_bytes(body[:2]).startswith(_PACKED)
    return (_unpacked(body) if is_packed else body).removeprefix(_MARK)


def _unpacked(body: str) -> str:
    unpacking = zlib.decompressobj(_GZIP_OR_ZLIB)
    try:
        unpacked = unpacking.decompress(to_bytes(body), _LARGEST)
    except zlib.error:
        return body
    return from_bytes(unpacked) if unpacking.eof else body


def is_of_another_registry(dead_letter: DeadLetter) -> bool:
    """Whether it holds a whole request that is not in Distribution's form."""
    is_whole = dead_letter.story.reason in _WHOLE
    return is_whole and Origin.read(dead_letter.headers).registry != DISTRIBUTION


def messages(dead_letter: DeadLetter) -> list[Message]:
    """The events of the notification that it holds; none if it holds none, or is one event."""
    if dead_letter.story.reason not in _WHOLE:
        return []
    if is_of_another_registry(dead_letter):
        return _messages_of_arrival(dead_letter)
    try:
        return messages_of(readable(dead_letter.body), dead_letter)
    except UnreadableEnvelopeError:
        return []


def _messages_of_arrival(dead_letter: DeadLetter) -> list[Message]:
    """What this version's adapter makes of it; none if that is what it was."""
    if dead_letter.story.reason is not Reason.UNREADABLE_BODY:
        return []
    # Adapters are many, and few dead letters need one: nobody else waits for their imports.
    from ingest.arrival import Arrival  # noqa: PLC0415
    from ingest.normalisation import normalised  # noqa: PLC0415

    body = to_bytes(readable(dead_letter.body))
    arrival = Arrival.again(body, dead_letter.headers, received_at=_came(dead_letter))
    translated = normalised(arrival).translated if arrival else ()
    if all(one.reason is Reason.UNREADABLE_BODY for one in translated):
        return []
    return [one.message for one in translated if one.message]


def is_envelope(value: object) -> bool:
    """Whether a value is meant as a notification, not as an event."""
    return isinstance(value, dict) and "events" in value


def messages_of(text: str, dead_letter: DeadLetter) -> list[Message]:
    """The events of an envelope's text; it came when and whence the dead letter came.

    Those that are invalid become dead letters of their own, as at ingest.

    Read with more patience than by ingest: `events` may be one object, and any number. Raises
    UnreadableEnvelopeError.
    """
    body = to_bytes(text)
    trace = dead_letter.headers.get(TRACEPARENT)
    notification = Notification(
        Body.whole(body),
        received_at=_came(dead_letter),
        traceparent=trace if isinstance(trace, str) else None,
    )
    each = translate_each(notification, split(body, patient=True))
    origin = Origin.read(dead_letter.headers).headers
    return [
        one.message._replace(headers={**one.message.headers, **origin})
        for one in each
        if one.message
    ]


def _came(dead_letter: DeadLetter) -> datetime:
    return received_at(dead_letter.headers) or dead_letter.failed_at or datetime.now(UTC)
