"""What is done to a batch of dead letters before they are taken off the queue."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Final

from console.away import ANSWER
from console.dead_letters.acting import Done
from console.dead_letters.exporting import NewFile
from console.dead_letters.reading import Broker
from console.dead_letters.requeueing import requeued
from console.dead_letters.view import DeadLetter
from shared.amqp.channel import Channel
from shared.amqp.errors import broker_errors
from shared.amqp.message import EVENT_ID, Message
from shared.amqp.topology import EVENTS_EXCHANGE

REMEMBERED: Final = 100
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


async def publish_groups(channel: Channel, groups: Sequence[Sequence[Message]]) -> Done:
    """The same; a group is done when all of it is confirmed, and its failure is its first."""
    done = await publish_each(channel, [message for group in groups for message in group])
    failures = iter(done.failures)
    each = [list(islice(failures, len(group))) for group in groups]
    return Done([next(filter(None, whys), "") for whys in each], done.broken)


@dataclass(slots=True)
class Requeue:
    """Publishes the events again; `sent` remembers the ids of the first hundred."""

    channel: Channel
    by: str
    sent: list[str] = field(default_factory=list)

    async def __call__(self, batch: Sequence[DeadLetter]) -> Done:
        at = datetime.now(UTC)
        groups = [requeued(one, by=self.by, at=at) for one in batch]
        done = await publish_groups(self.channel, groups)
        if len(self.sent) < REMEMBERED:
            pairs = zip(batch, groups, done.failures, strict=True)
            self.sent += [id_ for one, sent, why in pairs if not why for id_ in _ids(one, sent)]
        return done


def _ids(dead_letter: DeadLetter, sent: Sequence[Message]) -> list[str]:
    """Those of the events that a dead letter became; of one that is no notification its own."""
    if len(sent) == 1 and EVENT_ID not in sent[0].headers:
        return [dead_letter.event_id]
    return [
        str(one.headers[EVENT_ID])
        for one in sent
        if one.exchange == EVENTS_EXCHANGE and EVENT_ID in one.headers
    ]


@dataclass(slots=True)
class Discard:
    """Removes; with a file, only what stands in it and is on the disk."""

    file: NewFile | None = None

    async def __call__(self, batch: Sequence[DeadLetter]) -> Done:
        why = ""
        if self.file:
            try:
                await asyncio.to_thread(_keep, self.file, batch)
            except OSError as error:
                why = f"no copy can be written: {error.strerror}"
        return Done([why] * len(batch), broken=why)


def _keep(file: NewFile, batch: Sequence[DeadLetter]) -> None:
    file.write("".join(f"{dead_letter.json()}\n" for dead_letter in batch))
    file.flush()
