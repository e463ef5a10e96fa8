"""Events for what was found missing, to the broker like any others; workers record them."""

from collections.abc import Sequence
from typing import Final

from console.dead_letters.operations.publish import publish_each, publishing_channel
from console.dead_letters.queue.broker import connected
from geo.reconciling.filling import filling
from geo.reconciling.second_look import Confirmed
from shared.amqp.message import Message, event_message, origin
from shared.amqp.spreading import spread
from shared.event import Event

_TOGETHER: Final = 500


async def publish(
    url: str, shards: int, source: str, registry: str, drifts: Sequence[Confirmed]
) -> Sequence[str]:
    """For each why it was not published; empty if the broker has confirmed it.

    Raises BrokerAwayError and TopologyConflictError.
    """
    messages = [spread(_message(one, source, registry), shards) for one in drifts]
    failures: list[str] = []
    async with connected(url, number=shards) as broker:
        channel = await publishing_channel(broker)
        for at in range(0, len(messages), _TOGETHER):
            done = await publish_each(channel, messages[at : at + _TOGETHER])
            failures += done.failures
    return failures


def _message(one: Confirmed, source: str, registry: str) -> Message:
    body, told = filling(one.drift, source, one.observed, registry=registry)
    return event_message(Event.read(body), body, {**told.headers, **origin(one.observed)})
