"""The AsyncAPI document: channels, messages and who sends or takes them.

`python -m console.contract.asyncapi FILE` writes it.
https://www.asyncapi.com/docs/reference/specification/v3.0.0
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from console.contract import event_body, headers
from console.contract.channels import VERSION, channels
from shared.amqp.message import CONTENT_TYPE

_PERSISTENT: Final = 2
_MESSAGE_ID: Final = (
    "Persistent, with a `timestamp` (when it was published) and a `message_id`: 32 hexadecimal "
    "characters, fresh with each publish, so that a repeat of an event has another one."
)


def document() -> Mapping[str, Any]:
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "registry-events: messages",
            "version": "1",
            "description": "One message an event, in RabbitMQ. Everybody who connects declares "
            "what is here, alike; `x-arguments` are those of a queue or exchange (the age of what "
            "is kept is a setting), `x-bound` says what brings a queue its messages.",
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": channels(),
        "operations": _operations(),
        "components": {
            "messages": _messages(),
            "schemas": event_body.schemas(),
        },
    }


def text() -> str:
    return json.dumps(document(), indent=2) + "\n"


def _operations() -> Mapping[str, Any]:
    return {
        "publish": _send("events", "Ingest, and whoever requeues; pushes, deletes and renames."),
        "publishOther": _send("events", "Other actions, which need no queue.", mandatory=False),
        "publishToShard": _send("shardedEvents", "The same, where repositories are spread."),
        "bury": _send("deadEvents", "Ingest and workers; a worker under the key it came by."),
        "keep": _send("kept", "Ingest, a copy of each event by the default exchange."),
        "record": _receive("work", "Workers."),
        "recordShard": _receive("shard", "Workers."),
        "countPulls": _receive("pulls", "Workers, where pulls are counted."),
        "replay": _receive("kept", "`registry-events replay`."),
        "inspect": _receive("deadLetters", "`registry-events dead-letters`, and the page."),
    }


def _send(channel: str, who: str, *, mandatory: bool = True) -> Mapping[str, Any]:
    binding = {"deliveryMode": _PERSISTENT, "mandatory": mandatory, "timestamp": True}
    return _operation("send", channel, who, binding)


def _receive(channel: str, who: str) -> Mapping[str, Any]:
    return _operation("receive", channel, who, {"ack": True})


def _operation(
    action: str, channel: str, who: str, binding: Mapping[str, Any]
) -> Mapping[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "description": who,
        "bindings": {"amqp": {**binding, "bindingVersion": VERSION}},
    }


def _messages() -> Mapping[str, Any]:
    event = {"$ref": "#/components/schemas/Event"}
    return {
        "Event": {
            "summary": "One event of a registry.",
            "description": _MESSAGE_ID,
            "contentType": CONTENT_TYPE,
            "headers": headers.of_events(),
            "payload": event,
        },
        "DeadLetter": {
            "summary": "What could not be recorded, with its story.",
            "description": f"{_MESSAGE_ID} The body is what was sent, whatever that is: an event, "
            "a whole notification or its beginning, or no JSON at all.",
            "contentType": CONTENT_TYPE,
            "headers": headers.of_dead_letters(),
            "payload": {},
        },
        "DroppedByBroker": {
            "summary": "An event that the broker gave up after too many deliveries, as it was.",
            "contentType": CONTENT_TYPE,
            "headers": {
                "type": "object",
                "required": ["x-death"],
                "properties": {"x-death": {"type": "array", "items": {"type": "object"}}},
            },
            "payload": event,
        },
    }


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(text(), encoding="ascii")
