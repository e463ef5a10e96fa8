"""A notification as registries send it, translated at once; never the last word on any other."""

from typing import Final

import msgspec

from ingest.actor_token import without_token
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
    envelope = quick_json.loads(_READER, body.kept)
    if envelope is None or len(envelope.events) > _MOST_EVENTS:
        return None
    headers = notification.headers
    translated = []
    for parts, text in zip(envelope.events, _texts(body.kept, envelope), strict=True):
        event = Event.at_once(parts)
        if event is None:
            return None
        # A null is not of the shape that is read at once: so None is that there is no such member.
        has_token = parts.actor is not None and parts.actor.user is not None
        may_have_another = parts.original is not None
        sent = without_token(text) if has_token or may_have_another else text
        translated.append(Translated(event_message(event, sent, headers), event.action))
    return translated


def _texts(body: bytes, envelope: _Envelope) -> list[bytes]:
    """The events' own bytes, in a body that holds nothing else."""
    if len(envelope.events) == 1:
        # Nearly always; then it is all that stands between the list's brackets.
        return [body[body.index(b"[") + 1 : body.rindex(b"]")].strip()]
    return list(map(bytes, _CUTTER.decode(body).events))
