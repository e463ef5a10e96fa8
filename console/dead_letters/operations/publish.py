"""Publishing what dead letters become; each is done when the broker has confirmed it."""

from collections.abc import Sequence
from itertools import islice
from typing import Final

from console.dead_letters.operations.run import Done
from console.dead_letters.queue.broker import Broker
from console.words.away import ANSWER
from shared.amqp.channel import Channel
from shared.amqp.errors import broker_errors
from shared.amqp.kept import with_copies
from shared.amqp.message import Message
from shared.amqp.shards import Wanted
from shared.amqp.spreading import spread
from shared.setting_types import kept_seconds
from shared.settings import Settings

_CONFIRM: Final = 30.0
_WHY: Final = {
    "returned": "no queue takes its action",
    "refused": "the broker refused it; is the queue full?",
}


async def publishing_channel(broker: Broker) -> Channel:
    """Raises BrokerAwayError."""
    outer = await broker_errors(broker.connection.channel(), ANSWER)
    return await Channel.of(outer, broker.plug)


async def publish_each(channel: Channel, messages: Sequence[Message]) -> Done:
    """All together; each is done when the broker has confirmed it."""
    outcomes = await channel.publishing.publish(messages, deadline=_CONFIRM)
    broken = next((str(one) for one in outcomes if one and one.cause not in _WHY), "")
    return Done([_WHY.get(one.cause, str(one)) if one else "" for one in outcomes], broken)


def wanted(loaded: Settings) -> Wanted:
    """What events are published to."""
    return Wanted(loaded.shards, keep=kept_seconds(loaded.keep))


async def publish_groups(
    channel: Channel, groups: Sequence[Sequence[Message]], wanted: Wanted
) -> Done:
    """The same, over so many queues, and kept where that is wanted.

    A group is done when all of it is confirmed, and its failure is its first.
    """
    if wanted.keep:
        groups = [with_copies(group) for group in groups]
    messages = [spread(message, wanted.shards) for group in groups for message in group]
    done = await publish_each(channel, messages)
    failures = iter(done.failures)
    each = [list(islice(failures, len(group))) for group in groups]
    return Done([next(filter(None, whys), "") for whys in each], done.broken)
