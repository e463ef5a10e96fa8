"""A dead letter as an operator sees it: its story, and what can be read of its event."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self

from aiormq.abc import DeliveredMessage

from shared import strict_json
from shared.amqp.dead_letter import Story
from shared.amqp.message import EVENT_ID
from shared.text import from_bytes, printable


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Fields of the event are empty where its body does not have them as texts."""

    message_id: str
    story: Story
    event_id: str
    action: str
    repository: str
    tag: str
    headers: Mapping[str, Any]
    body: str

    @classmethod
    def read(cls, message: DeliveredMessage) -> Self:
        """Whatever the body is: a dead letter is often one because it cannot be read."""
        properties = message.header.properties
        headers = properties.headers or {}
        body = from_bytes(message.body)
        event = _object(_value(body))
        target = _object(event.get("target"))
        return cls(
            message_id=properties.message_id or "",
            story=Story.read(headers),
            event_id=_text(headers.get(EVENT_ID)) or _text(event.get("id")),
            action=_text(event.get("action")),
            repository=_text(target.get("repository")),
            tag=_text(target.get("tag")),
            headers=headers,
            body=body,
        )

    def line(self) -> str:
        """One line, safe to print: time, reason, error, action, repository:tag, event id."""
        story = self.story
        error = f"{story.error_type}: {story.error}" if story.error_type else "-"
        name = f"{self.repository}:{self.tag}" if self.tag else self.repository
        fields = (
            _time(story.failed_at),
            story.reason.value,
            printable(error, 100),
            printable(self.action, 20) or "-",
            printable(name, 120) or "-",
            printable(self.event_id, 40) or "-",
        )
        return "  ".join(fields)

    def json(self) -> str:
        """The whole as one line of JSON; bytes that are not UTF-8 are lone surrogates (PEP 383)."""
        return json.dumps(asdict(self), default=str)


def _value(body: str) -> object:
    try:
        return strict_json.loads(body)
    except strict_json.InvalidJSONError:
        return None


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _time(moment: str) -> str:
    try:
        return datetime.fromisoformat(moment).isoformat(" ", "seconds")
    except ValueError:
        return "-"
