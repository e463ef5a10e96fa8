"""A notification's body becomes messages: events to record, and dead letters with their story."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from ingest.actor_token import without_token
from ingest.envelope import UnreadableEnvelopeError, split
from ingest.received import Body, Notification
from shared.amqp.dead_letter import Reason, Story, dead_letter
from shared.amqp.message import Headers, Message, event_message
from shared.bad_input import BadInputError
from shared.event import Event, unrecorded_action
from shared.invalid_event import InvalidEventError
from shared.message_size import LARGEST_MESSAGE
from shared.text import printable, to_bytes

__all__ = [
    "Body",
    "BodyTooLargeError",
    "Notification",
    "Outcome",
    "Translated",
    "check_encoding",
    "too_large",
    "translate",
    "translate_each",
    "translate_one",
    "unreadable",
]

# Characters of an event. A registry's own has about a thousand, some tens of thousands with many
# references; a client chooses how long its user agent is, and a worker holds thousands of events.
LARGEST_EVENT: Final = 256 * 1024
# Of an event whose action is looked for although it is invalid: parsing lets nobody between.
_MOST_COMMAS: Final = 50_000


class BodyTooLargeError(BadInputError):
    """The body is larger than allowed."""


class Outcome(StrEnum):
    """What becomes of an event at ingest; IGNORED: it is invalid, and nobody records its action."""

    ACCEPTED = "accepted"
    DEAD_LETTERED = "dead_lettered"
    IGNORED = "ignored"


class Translated(msgspec.Struct, frozen=True):
    """One event and its message, which an ignored one does not have.

    `action` is None and `reason` set for a dead letter.
    """

    message: Message | None
    action: str | None = None
    reason: Reason | None = None


_IDENTITY: Final = ("", "identity")


def translate(notification: Notification) -> Iterator[Translated]:
    """Every event of the body, in order; never raises, whatever the body holds."""
    if notification.body.is_cut:
        yield too_large(notification)
        return
    try:
        texts = _texts(notification)
    except UnreadableEnvelopeError as error:
        yield unreadable(notification, error)
        return
    yield from translate_each(notification, texts)


def translate_each(notification: Notification, texts: Iterable[str]) -> Iterator[Translated]:
    """The events whose JSON texts these are, in order; never raises, whatever they hold."""
    headers, received_at = notification.headers, notification.received_at
    for text in texts:
        yield translate_one(text, headers, received_at)


def translate_one(text: str, headers: Headers, received_at: datetime) -> Translated:
    """The event whose JSON text this is; never raises, whatever it holds."""
    try:
        event = _read(text)
    except InvalidEventError as error:
        action = unrecorded_action(text) if text.count(",") <= _MOST_COMMAS else ""
        if action:
            return Translated(None, action)
        # Of another registry it may be longer than what came, by escapes.
        body = to_bytes(text)[:LARGEST_MESSAGE]
        return _dead(body, Reason.INVALID_EVENT, error, headers, received_at)
    body = without_token(to_bytes(text))
    return Translated(event_message(event, body, headers), event.action)


def _read(text: str) -> Event:
    if len(text) > LARGEST_EVENT:
        raise InvalidEventError(f"event: is larger than {LARGEST_EVENT} characters")
    return Event.parse(text)


def _texts(notification: Notification) -> list[str]:
    check_encoding(notification)
    return split(notification.body.kept)


def check_encoding(notification: Notification) -> None:
    """Raises UnreadableEnvelopeError for a body that is compressed."""
    if notification.content_encoding.lower() not in _IDENTITY:
        encoding = printable(notification.content_encoding, 40)
        raise UnreadableEnvelopeError(
            f"the body is encoded ({encoding})", cause="the body is encoded"
        )


def too_large(notification: Notification) -> Translated:
    """The dead letter of a body of which only the beginning is here."""
    body = notification.body
    cause = "the body is larger than allowed"
    error = BodyTooLargeError(
        f"{cause}: it has {body.length:,} bytes, of which the first {len(body.kept):,} are here",
        cause=cause,
    )
    headers, received_at = notification.headers, notification.received_at
    return _dead(body.kept, Reason.BODY_TOO_LARGE, error, headers, received_at)


def unreadable(notification: Notification, error: Exception) -> Translated:
    """The dead letter of the whole body."""
    headers, received_at = notification.headers, notification.received_at
    return _dead(notification.body.kept, Reason.UNREADABLE_BODY, error, headers, received_at)


def _dead(
    body: bytes, reason: Reason, error: Exception, headers: Headers, received_at: datetime
) -> Translated:
    story = Story.of(reason, error, attempts=1, first_seen=received_at)
    return Translated(dead_letter(without_token(body), story, headers), reason=reason)
