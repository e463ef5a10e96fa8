"""What a dead letter becomes when it is requeued: its event again, with its past in headers.

One that holds a notification becomes the events of it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, cast

from console.dead_letters.letter import notification, past, request
from console.dead_letters.letter.dead_letter import REQUEUE_COUNT, DeadLetter
from console.dead_letters.letter.past import ORIGINAL_BODY, REQUEUED_AT, REQUEUED_BY, operator_name
from shared import strict_json
from shared.amqp.dead_letter import Reason
from shared.amqp.message import EVENT_ID, SOURCE, Headers, Message
from shared.amqp.topology import DEAD_EXCHANGE, EVENTS_EXCHANGE, plain, routing_key
from shared.event import SUPPORTED_ACTIONS, Event
from shared.text import printable, to_bytes

_STORY: Final = ("dead-letter-", "x-")
_EVENT_KEY: Final = routing_key("")
_LONGEST_KEY: Final = 255
# All headers share one frame, of 128 KiB with RabbitMQ's defaults.
_ORIGINAL_LENGTH: Final = 64 * 1024


def destination(dead_letter: DeadLetter) -> str:
    """The routing key that its event had or would have; empty if nothing says."""
    if request.is_whole(dead_letter):
        return ""
    key = plain(dead_letter.routing_key)
    if dead_letter.action:
        key = routing_key(dead_letter.action)
    known = key.startswith(_EVENT_KEY) and key != _EVENT_KEY
    return key if known and len(key.encode("utf-8", "replace")) <= _LONGEST_KEY else ""


def why_not(dead_letter: DeadLetter, *, max_requeues: int) -> str:
    """Why it is not requeued; empty if it is."""
    if dead_letter.requeues >= max_requeues:
        return f"requeued {max_requeues} times or more already (--max-requeues)"
    return undirected(dead_letter)


def undirected(dead_letter: DeadLetter) -> str:
    """Why nobody could take it; empty if somebody can."""
    if destination(dead_letter) or notification.messages(dead_letter):
        return ""
    if dead_letter.story.reason is Reason.BODY_TOO_LARGE:
        return "it holds only the beginning of a notification"
    if request.is_whole(dead_letter):
        return "this version reads no event in it either"
    return "nothing in it says where to: it is no notification, and has no readable action"


def requeued(dead_letter: DeadLetter, *, by: str, at: datetime) -> list[Message]:
    """The original body and headers, without the story of this death; or all of a notification."""
    past = _past(dead_letter, by, at)
    if held := notification.messages(dead_letter):
        return [_with_past(one, past) for one in held]
    whole = Message(
        exchange=EVENTS_EXCHANGE,
        routing_key=destination(dead_letter),
        body=to_bytes(dead_letter.body),
        headers={**_own(dead_letter.headers), **past},
        repository=dead_letter.repository if dead_letter.action in SUPPORTED_ACTIONS else "",
    )
    return [whole]


def edited(dead_letter: DeadLetter, text: str, *, by: str, at: datetime) -> list[Message]:
    """The event in `text` instead, with the first original body in a header; or the events.

    `text` is what `edit.mended` gave.
    """
    if request.sent(dead_letter) is not None:
        translated = request.translated(dead_letter, text).translated
        held = [one.message for one in translated if one.message]
    elif notification.is_envelope(strict_json.loads(text)):
        held = notification.messages_of(text, dead_letter)
    else:
        return [_edited(dead_letter, text, by, at)]
    past = _past(dead_letter, by, at)
    # Once: it may be as long as all of them.
    first = past | {ORIGINAL_BODY: _shortened(dead_letter.body)}
    return [_with_past(one, past if number else first) for number, one in enumerate(held)]


def _with_past(message: Message, past: Headers) -> Message:
    return message._replace(headers={**message.headers, **past})


def _edited(dead_letter: DeadLetter, text: str, by: str, at: datetime) -> Message:
    event = Event.parse(text)
    headers = _own(dead_letter.headers)
    headers.setdefault(ORIGINAL_BODY, _shortened(dead_letter.body))
    return Message(
        exchange=EVENTS_EXCHANGE,
        routing_key=routing_key(event.action),
        body=to_bytes(text),
        headers={
            SOURCE: printable(event.node, _LONGEST_KEY),
            **headers,
            **_past(dead_letter, by, at),
            EVENT_ID: event.id,
        },
        repository=event.repository if event.supported else "",
    )


def _own(headers: Mapping[str, object]) -> dict[str, str | int]:
    return {
        name: value
        for name, value in headers.items()
        if isinstance(value, str | int) and not name.startswith(_STORY)
    }


def _past(dead_letter: DeadLetter, by: str, at: datetime) -> dict[str, str | int]:
    return {
        REQUEUE_COUNT: dead_letter.requeues + 1,
        REQUEUED_AT: at.isoformat(),
        REQUEUED_BY: operator_name(by),
        past.DIED_BEFORE: past.with_this(dead_letter),
    }


def _shortened(body: str) -> str:
    readable = body.encode("utf-8", "backslashreplace")
    cut = readable[:_ORIGINAL_LENGTH].decode("utf-8", "ignore")
    return cut if len(readable) <= _ORIGINAL_LENGTH else f"{cut}…"


def buried_again(dead_letter: DeadLetter) -> list[Message]:
    """The message that puts it back among the dead letters, as it was."""
    message = Message(
        exchange=DEAD_EXCHANGE,
        routing_key=dead_letter.routing_key,
        body=to_bytes(dead_letter.body),
        # The broker's own story holds lists and tables.
        headers=cast("Headers", dead_letter.headers),
    )
    return [message]
