"""A notification as registries send it, translated at once; never the last word on any other."""

from typing import Final

import msgspec

from ingest.translation import Notification, Translated
from shared import quick_json
from shared.amqp.message import event_message
from shared.event import Event
from shared.event_parts import Parts
from shared.quick_json import Shape

# Bytes and events: nobody else has a turn meanwhile.
_LARGEST: Final = 64 * 1024
_MOST_EVENTS: Final = 100


class _Envelope(Shape, frozen=True):
    events: list[Parts]


class _Texts(msgspec.Struct):
    events: list[msgspec.Raw]


_READER: Final = msgspec.json.Decoder(_Envelope)
_CUTTER: Final = msgspec.json.Decoder(_Texts)


def translate_at_once(notification: Notification) -> list[Translated] | None:
    """What `translate` gives; None if that is to be asked instead."""
    body = notification.body
    if body.length > _LARGEST or body.is_cut or notification.content_encoding:
        return None
    events = _events(body.kept)
    if events is None:
        return None
    headers = notification.headers
    return [Translated(event_message(event, own, headers), event.action) for event, own in events]


def _events(body: bytes) -> list[tuple[Event, bytes]] | None:
    """Each event with its own bytes."""
    envelope = quick_json.loads(_READER, body)
    if envelope is None or len(envelope.events) > _MOST_EVENTS:
        return None
    events = []
    for parts, text in zip(envelope.events, _CUTTER.decode(body).events, strict=True):
        event = Event.at_once(parts)
        if event is None:
            return None
        events.append((event, bytes(text)))
    return events
