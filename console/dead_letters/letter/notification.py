"""A dead letter that holds a whole notification, which ingest could not take as it came."""

from console.dead_letters.letter import request
from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.letter.unpacked import readable
from ingest.envelope import UnreadableEnvelopeError, split
from ingest.translation import Body, Notification, translate_each
from shared.amqp.dead_letter import Reason
from shared.amqp.message import TRACEPARENT, Message
from shared.origin import Origin
from shared.text import to_bytes


def messages(dead_letter: DeadLetter) -> list[Message]:
    """The events of the notification that it holds; none if it holds none, or is one event."""
    if dead_letter.story.reason not in request.WHOLE:
        return []
    if request.is_whole(dead_letter):
        return _messages_of_request(dead_letter)
    try:
        return messages_of(readable(dead_letter.body), dead_letter)
    except UnreadableEnvelopeError:
        return []


def _messages_of_request(dead_letter: DeadLetter) -> list[Message]:
    """What this version's adapter makes of it; none if that is what it was."""
    if dead_letter.story.reason is not Reason.UNREADABLE_BODY:
        return []
    translated = request.translated(dead_letter, readable(dead_letter.body)).translated
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
        received_at=request.came(dead_letter),
        traceparent=trace if isinstance(trace, str) else None,
    )
    each = translate_each(notification, split(body, patient=True))
    origin = Origin.read(dead_letter.headers).headers
    return [
        one.message._replace(headers={**one.message.headers, **origin})
        for one in each
        if one.message
    ]
