"""A notification's body becomes messages: events to record, and dead letters with their story."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from ingest.envelope import UnreadableEnvelopeError, split
from shared.amqp.dead_letter import Reason, Story, dead_letter
from shared.amqp.message import Headers, Message, event_message, origin
from shared.event import Event, unrecorded_action
from shared.invalid_event import InvalidEventError
from shared.text import printable, to_bytes

# Characters of an event. A registry's own has about a thousand, some tens of thousands with many
# references; a client chooses how long its user agent is, and a worker holds thousands of events.
LARGEST_EVENT: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class Notification:
    """One POST as it came. Registries never compress; an encoded body is not looked into."""

    body: bytes
    received_at: datetime
    content_encoding: str = ""
    traceparent: str | None = None

    @property
    def headers(self) -> Headers:
        return origin(self.received_at, self.traceparent)


class Outcome(StrEnum):
    """What becomes of an event at ingest; IGNORED: it is invalid, and nobody records its action."""

    ACCEPTED = "accepted"
    DEAD_LETTERED = "dead_lettered"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Translated:
    """One event and its message, which an ignored one does not have.

    `action` is None and `reason` set for a dead letter.
    """

    message: Message | None
    action: str | None = None
    reason: Reason | None = None

    @property
    def outcome(self) -> Outcome:
        if self.reason:
            return Outcome.DEAD_LETTERED
        return Outcome.ACCEPTED if self.message else Outcome.IGNORED


_IDENTITY: Final = ("", "identity")


def translate(notification: Notification) -> Iterator[Translated]:
    """Every event of the body, in order; never raises, whatever the body holds."""
    try:
        texts = _texts(notification)
    except UnreadableEnvelopeError as error:
        yield _dead(notification, notification.body, Reason.UNREADABLE_BODY, error)
        return
    for text in texts:
        try:
            event = _read(text)
        except InvalidEventError as error:
            if action := unrecorded_action(text):
                yield Translated(None, action)
            else:
                yield _dead(notification, to_bytes(text), Reason.INVALID_EVENT, error)
        else:
            yield Translated(event_message(event, text, notification.headers), event.action)


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
    return split(notification.body)


def _dead(notification: Notification, body: bytes, reason: Reason, error: Exception) -> Translated:
    story = Story.of(reason, error, attempts=1, first_seen=notification.received_at)
    return Translated(dead_letter(body, story, notification.headers), reason=reason)
