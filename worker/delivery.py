"""What the broker handed over, and what it means."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from aiormq.channel import Channel

from shared.amqp.dead_letter import Reason, Story, dead_letter
from shared.amqp.message import Message, received_at
from shared.event import Event


@dataclass(frozen=True, slots=True)
class Delivery:
    """One hand-over of a message; `tag` counts on `channel` only."""

    channel: Channel
    tag: int
    routing_key: str
    body: bytes
    headers: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Received:
    """A delivery whose body is an event."""

    delivery: Delivery
    event: Event


@dataclass(frozen=True, slots=True)
class Failure:
    """A delivery that will not be recorded."""

    delivery: Delivery
    reason: Reason
    error: Exception
    attempts: int

    def message(self) -> Message:
        """The dead letter: the body as it was delivered, with its story."""
        first_seen = received_at(self.delivery.headers) or datetime.now(UTC)
        story = Story.of(self.reason, self.error, attempts=self.attempts, first_seen=first_seen)
        headers = {
            name: value
            for name, value in self.delivery.headers.items()
            if isinstance(value, str | int)
        }
        return dead_letter(self.delivery.body, story, headers, self.delivery.routing_key)
