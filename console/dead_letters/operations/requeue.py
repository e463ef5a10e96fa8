"""Requeueing a plan: the canaries first, then the rest."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from console.dead_letters.letter.dead_letter import DeadLetter, Named
from console.dead_letters.letter.event_body import timestamp
from console.dead_letters.operations import audit
from console.dead_letters.operations.audit import Operation, Trail
from console.dead_letters.operations.canary import Canaries
from console.dead_letters.operations.messages import requeued
from console.dead_letters.operations.plan import Plan
from console.dead_letters.operations.publish import publish_groups, publishing_channel, wanted
from console.dead_letters.operations.run import Action, Attended, Done, Outcome
from console.dead_letters.queue import counts
from console.dead_letters.queue.broker import Broker, connected
from shared.amqp.channel import Channel
from shared.amqp.message import EVENT_ID, Message
from shared.amqp.shards import Wanted, queue_of
from shared.amqp.topology import EVENTS_EXCHANGE, EVENTS_QUEUE
from shared.configuration import secret
from shared.settings import Settings

REMEMBERED: Final = 100


@dataclass(frozen=True, slots=True)
class Pace:
    """Events a second, how many go ahead, and for how many seconds these are waited for."""

    rate: float | None = None
    canary: int = 0
    canary_timeout: float = 60.0
    max_requeues: int = 3


async def requeue_all(
    loaded: Settings, made: Plan, work: Operation, pace: Pace, attended: Attended
) -> tuple[Outcome, Trail]:
    """Raises BusyError, BrokerAwayError, and with canaries DatabaseAwayError."""
    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(audit.database(loaded))
        broker = await stack.enter_async_context(
            connected(secret(loaded.amqp_url), wanted=wanted(loaded))
        )
        deed = Requeue(await publishing_channel(broker), by=work.actor, wanted=wanted(loaded))
        ahead = None
        if pool and pace.canary:
            ahead = Canaries(broker, pool, deed.sent, pace.canary, pace.canary_timeout)
        first = await ahead.pick(made.chosen) if ahead else []
        trail = Trail(pool)
        outcome = await stack.enter_async_context(audit.written_down(trail, work))
        action = Action(broker.url, deed, attended, pace.rate)
        if ahead:
            await ahead.send(action, first, outcome)
        if not outcome.stopped:
            await action.run(made.chosen.keys() - first, outcome)
    return outcome, trail


@dataclass(slots=True)
class Requeue:
    """Publishes the events again, to what is `wanted`; `sent` has the first hundred."""

    channel: Channel
    by: str
    wanted: Wanted
    sent: list[Named] = field(default_factory=list)

    async def __call__(self, batch: Sequence[DeadLetter]) -> Done:
        at = datetime.now(UTC)
        groups = [requeued(one, by=self.by, at=at) for one in batch]
        done = await publish_groups(self.channel, groups, self.wanted)
        if len(self.sent) < REMEMBERED:
            pairs = zip(batch, groups, done.failures, strict=True)
            self.sent += [
                event for one, sent, why in pairs if not why for event in _events(one, sent)
            ]
        return done


def _events(dead_letter: DeadLetter, sent: Sequence[Message]) -> list[Named]:
    """Those that a dead letter became; of one that is no notification its own."""
    if len(sent) == 1 and EVENT_ID not in sent[0].headers:
        return [dead_letter.event]
    events = (one for one in sent if one.exchange == EVENTS_EXCHANGE and EVENT_ID in one.headers)
    return [Named(str(one.headers[EVENT_ID]), timestamp(one.body)) for one in events]


@dataclass(frozen=True, slots=True)
class Target:
    """Where requeued events go to: who takes from the first queue, how many wait in all of them."""

    queue: str
    consumers: int
    ready: int


async def target(broker: Broker, shards: int) -> Target:
    """Raises BrokerAwayError."""
    seen = [await counts.declared(broker.connection, queue_of(one)) for one in range(shards)]
    there = [one for one in seen if one]
    ready = sum(one.message_count or 0 for one in there)
    return Target(EVENTS_QUEUE, (there[0].consumer_count or 0) if there else 0, ready)
