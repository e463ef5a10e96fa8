"""A dead letter as an operator sees it: its story, and what can be read of its event."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple, Self

from console.dead_letters.letter import event_body
from shared import credentials
from shared.amqp.contents import Delivery
from shared.amqp.dead_letter import Story
from shared.amqp.message import EVENT_ID
from shared.origin import DEFAULT_SOURCE, DISTRIBUTION, Origin
from shared.text import from_bytes, printable

REQUEUE_COUNT: Final = "requeue-count"
# Message ids of ours are random: so many characters of one are as good as all of it.
PREFIX: Final = 8
_OURS: Final = re.compile("[0-9a-f]{32}")
# The broker counts deliveries, looks too: not a part of the dead letter. Since RabbitMQ 4.3 the
# second has all of them, the first those that failed.
_COUNTS: Final = frozenset({"x-delivery-count", "x-acquired-count"})


class Named(NamedTuple):
    """What an event is looked for by; `timestamp` is the text that its body has."""

    event_id: str
    timestamp: str


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Fields of the event are empty where its body does not have them as texts.

    `registry_source` and `registry` are those of its `Origin`.
    """

    message_id: str
    routing_key: str
    story: Story
    event_id: str
    action: str
    repository: str
    tag: str
    timestamp: str
    headers: Mapping[str, Any]
    body: str
    registry_source: str
    registry: str

    @classmethod
    def read(cls, delivery: Delivery) -> Self:
        message_id, headers, _ = delivery.properties
        return cls.of(
            delivery.body,
            message_id=message_id,
            routing_key=delivery.routing_key,
            headers=headers,
        )

    @classmethod
    def of(
        cls, body: bytes, *, message_id: str, routing_key: str, headers: Mapping[str, Any]
    ) -> Self:
        """Whatever the body is: a dead letter is often one because it cannot be read."""
        text, origin = from_bytes(body), Origin.read(headers)
        event = event_body.event(text)
        target = event_body.members(event.get("target"))
        return cls(
            message_id=message_id,
            routing_key=routing_key,
            story=Story.read(headers),
            event_id=event_body.text(headers.get(EVENT_ID)) or event_body.text(event.get("id")),
            action=event_body.text(event.get("action")),
            repository=event_body.text(target.get("repository")),
            tag=event_body.text(target.get("tag")),
            timestamp=event_body.text(event.get("timestamp")),
            headers={name: value for name, value in headers.items() if name not in _COUNTS},
            body=text,
            registry_source=origin.source,
            registry=origin.registry,
        )

    @property
    def event(self) -> Named:
        return Named(self.event_id, self.timestamp)

    @property
    def error(self) -> str:
        """What was wrong, not safe to print; empty where the broker gave up.

        Errors of ours are sentences; before those of others stands their type.
        """
        story = self.story
        is_ours = story.cause or not story.error_type
        return story.error if is_ours else f"{story.error_type}: {story.error}"

    @property
    def failed_at(self) -> datetime | None:
        """When it died, by the clock of whoever buried it; None if nobody says."""
        moment = self.story.failed_at or _broker_time(self.headers)
        try:
            parsed = datetime.fromisoformat(moment)
        except ValueError:
            return None
        return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)

    @property
    def requeues(self) -> int:
        """How often it was requeued already."""
        count = self.headers.get(REQUEUE_COUNT, 0)
        return count if isinstance(count, int) and not isinstance(count, bool) else 0

    @property
    def name(self) -> str:
        """repository:tag, not safe to print."""
        return f"{self.repository}:{self.tag}" if self.tag else self.repository

    @property
    def home(self) -> str:
        """The registry's software and its configured name, not safe to print; empty by default."""
        home = (self.registry, self.registry_source)
        return "" if home == (DISTRIBUTION, DEFAULT_SOURCE) else ", ".join(home)

    @property
    def handle(self) -> str:
        """What finds it again, short enough to type, safe to print, credentials masked.

        Of a message id of ours its beginning, or else the whole of what it has.
        """
        if _OURS.fullmatch(self.message_id):
            return self.message_id[:PREFIX]
        return printable(credentials.masked(self.message_id or self.event_id))

    def json(self) -> str:
        """The whole, unmasked, as one line of JSON.

        Bytes that are not UTF-8 are lone surrogates (PEP 383).
        """
        return json.dumps(asdict(self), default=str)


def _broker_time(headers: Mapping[str, Any]) -> str:
    deaths = headers.get("x-death")
    latest = deaths[0] if isinstance(deaths, list) and deaths else None
    return str(latest.get("time", "")) if isinstance(latest, Mapping) else ""
