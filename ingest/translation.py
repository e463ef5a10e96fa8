"""A notification's body becomes messages: events to record, and dead letters with their story."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Final, Self

import msgspec

from ingest.envelope import UnreadableEnvelopeError, split
from shared.amqp.dead_letter import Reason, Story, dead_letter
from shared.amqp.message import BODY_LENGTH, BODY_SHA256, Headers, Message, event_message, origin
from shared.bad_input import BadInputError
from shared.event import Event, unrecorded_action
from shared.invalid_event import InvalidEventError
from shared.text import printable, to_bytes

# Characters of an event. A registry's own has about a thousand, some tens of thousands with many
# references; a client chooses how long its user agent is, and a worker holds thousands of events.
LARGEST_EVENT: Final = 256 * 1024
# Of an event whose action is looked for although it is invalid: parsing lets nobody between.
_MOST_COMMAS: Final = 50_000


class Body(msgspec.Struct, frozen=True):
    """The body of a notification; of one that is too large only the beginning.

    `length` and `sha256` (hexadecimal) are those of the whole; the digest is empty if it is kept.
    """

    kept: bytes
    length: int
    sha256: str = ""

    @classmethod
    def whole(cls, body: bytes) -> Self:
        return cls(body, len(body))

    @property
    def is_cut(self) -> bool:
        return len(self.kept) < self.length


class Notification(msgspec.Struct, frozen=True):
    """One POST as it came. Registries never compress; an encoded body is not looked into."""

    body: Body
    received_at: datetime
    content_encoding: str = ""
    traceparent: str | None = None

    @property
    def headers(self) -> Headers:
        came = origin(self.received_at, self.traceparent)
        if self.body.is_cut:
            came |= {BODY_LENGTH: self.body.length, BODY_SHA256: self.body.sha256}
        return came


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
        yield _too_large(notification)
        return
    try:
        texts = _texts(notification)
    except UnreadableEnvelopeError as error:
        yield _dead(notification, notification.body.kept, Reason.UNREADABLE_BODY, error)
        return
    yield from translate_each(notification, texts)


def translate_each(notification: Notification, texts: Iterable[str]) -> Iterator[Translated]:
    """The events whose JSON texts these are, in order; never raises, whatever they hold."""
    headers = notification.headers
    for text in texts:
        try:
            event = _read(text)
        except InvalidEventError as error:
            action = unrecorded_action(text) if text.count(",") <= _MOST_COMMAS else ""
            if action:
                yield Translated(None, action)
            else:
                yield _dead(notification, to_bytes(text), Reason.INVALID_EVENT, error)
        else:
            yield Translated(event_message(event, to_bytes(text), headers), event.action)


def _read(text: str) -> Event:
    if len(text) > LARGEST_EVENT:
        raise InvalidEventError(f"event: is larger than {LARGEST_EVENT} characters")
    return Event.parse(text)


def _texts(notification: Notification) -> list[str]:
    if notification.content_encoding.lower() not in _IDENTITY:
        encoding = printable(notification.content_encoding, 40)
        raise UnreadableEnvelopeError(
            f"the body is encoded ({encoding})", cause="the body is encoded"
        )
    return split(notification.body.kept)


def _too_large(notification: Notification) -> Translated:
    body = notification.body
    cause = "the body is larger than allowed"
    error = BodyTooLargeError(
        f"{cause}: it has {body.length:,} bytes, of which the first {len(body.kept):,} are here",
        cause=cause,
    )
    return _dead(notification, body.kept, Reason.BODY_TOO_LARGE, error)


def _dead(notification: Notification, body: bytes, reason: Reason, error: Exception) -> Translated:
    story = Story.of(reason, error, attempts=1, first_seen=notification.received_at)
    return Translated(dead_letter(body, story, notification.headers), reason=reason)
