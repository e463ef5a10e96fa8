"""Events for what was found missing, to the broker like any others; workers record them."""

from collections.abc import Sequence
from typing import Final

from console.dead_letters.operations.publish import publish_groups, publishing_channel, wanted
from console.dead_letters.queue.broker import connected
from geo.reconciling.filling import filling
from geo.reconciling.second_look import Confirmed
from shared.amqp.message import Message, event_message, origin
from shared.configuration import secret
from shared.event import Event
from shared.settings import Settings

_TOGETHER: Final = 500


async def publish(
    loaded: Settings, source: str, registry: str, drifts: Sequence[Confirmed]
) -> Sequence[str]:
    """For each why it was not published; empty if the broker has confirmed it.

    Raises BrokerAwayError and TopologyConflictError.
    """
    to = wanted(loaded)
    messages = [[_message(one, source, registry)] for one in drifts]
    failures: list[str] = []
    async with connected(secret(loaded.amqp_url), wanted=to) as broker:
        channel = await publishing_channel(broker)
        for at in range(0, len(messages), _TOGETHER):
            done = await publish_groups(channel, messages[at : at + _TOGETHER], to)
            failures += done.failures
    return failures


def _message(one: Confirmed, source: str, registry: str) -> Message:
    body, told = filling(one.drift, source, one.observed, registry=registry)
    return event_message(Event.read(body), body, {**told.headers, **origin(one.observed)})
