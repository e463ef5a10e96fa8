"""What the broker handed over, and what it means."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from msgspec.structs import replace

from shared.amqp.contents import Delivery
from shared.amqp.dead_letter import Reason, Story, dead_letter
from shared.amqp.message import Message, received_at
from shared.event import Event
from shared.invalid_event import InvalidEventError
from shared.origin import DEFAULT, Origin, is_told


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
        delivered = self.delivery.properties.headers
        first_seen = received_at(delivered) or datetime.now(UTC)
        story = Story.of(self.reason, self.error, attempts=self.attempts, first_seen=first_seen)
        headers = {name: value for name, value in delivered.items() if isinstance(value, str | int)}
        return dead_letter(self.delivery.body, story, headers, self.delivery.routing_key)


def read(deliveries: Sequence[Delivery]) -> tuple[list[Received], list[Failure]]:
    """Those that are events, and those that are not."""
    received: list[Received] = []
    failures: list[Failure] = []
    for delivery in deliveries:
        try:
            event = Event.read(delivery.body)
            if is_told(delivery.header):
                event = replace(event, origin=origin(delivery))
            received.append(Received(delivery, event))
        except InvalidEventError as error:
            failures.append(Failure(delivery, Reason.INVALID_EVENT, error, attempts=1))
    return received, failures


def origin(delivery: Delivery) -> Origin:
    """Where it came from, by its headers."""
    return Origin.read(delivery.properties.headers) if is_told(delivery.header) else DEFAULT
