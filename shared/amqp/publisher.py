"""Publishing that is done when the broker has confirmed it, and failed in every other case."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from typing import Final, Protocol

from shared.amqp.channel import Channel
from shared.amqp.connection import Connection
from shared.amqp.message import Message
from shared.amqp.refusals import Refusals
from shared.amqp.topology import EVENTS_EXCHANGE

_TIMEOUTS_BEFORE_RECONNECT: Final = 5
# Seconds. For a node to confirm what reaches no queue.
_ANSWER: Final = 1.0
# For a queue to have another leader; a broker may also have lost track of what waits.
_LONGEST: Final = 15.0
# No queue is bound to it: the broker confirms and drops it.
PROBE: Final = Message(exchange=EVENTS_EXCHANGE, routing_key="probe", body=b"{}", mandatory=False)


class PublishFailedError(Exception):
    """It is not known that the broker has every message.

    `cause` is one of a few words; `unconfirmed` are those that the broker may not have.
    """

    def __init__(self, cause: str, detail: str = "", unconfirmed: Sequence[Message] = ()) -> None:
        super().__init__(f"{cause}: {detail}" if detail else cause)
        self.cause = cause
        self.unconfirmed = unconfirmed


class Publisher(Protocol):
    """The AMQP edge that ingest and the worker's dead letters are written to."""

    async def publish(self, messages: Sequence[Message], *, deadline: float) -> None:
        """Return when the broker has confirmed every message, within `deadline` seconds.

        Raises PublishFailedError; what it says is unconfirmed may be published again.
        """


class ConfirmedPublisher:
    """Publisher on whichever channel is open, many messages in flight together."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._timeouts = 0
        # When publishes to queues began to be unconfirmed.
        self._since: float | None = None
        # By routing key, since of several queues one may refuse.
        self._refusals: dict[str, Refusals] = {}
        self._asking: asyncio.Task[None] | None = None

    async def publish(self, messages: Sequence[Message], *, deadline: float) -> None:
        channel = self._connection.channel
        if channel is None:
            raise PublishFailedError("disconnected", self._connection.fault, messages)
        outcomes = await channel.publishing.publish(messages, deadline=deadline)
        failure = next(filter(None, outcomes), None)
        if failure is None:
            for message in messages if self._refusals else ():
                self._refusals.pop(message.routing_key, None)
            # That the node confirms what reaches no queue says nothing of the queues.
            if any(message.mandatory for message in messages):
                self._timeouts, self._since = 0, None
            return
        each = zip(messages, outcomes, strict=True)
        unconfirmed = [message for message, outcome in each if outcome]
        if failure.cause == "returned":
            # A queue or binding is gone; opening again declares it again.
            self._connection.give_up("a message reached no queue", lacks_topology=True)
        elif failure.cause == "refused":
            self._count_refusal({message.routing_key for message in unconfirmed})
        elif failure.cause == "timeout" and len(unconfirmed) == len(messages):
            self._count_timeout(channel)
        raise PublishFailedError(failure.cause, failure.detail, unconfirmed)

    def _count_refusal(self, keys: Iterable[str]) -> None:
        now = time.monotonic()
        reasons = [self._refusals.setdefault(key, Refusals()).refused(now) for key in keys]
        if any(reasons):
            self._connection.give_up("publishes are refused")

    def _count_timeout(self, channel: Channel) -> None:
        self._timeouts += 1
        self._since = self._since or time.monotonic()
        if self._timeouts >= _TIMEOUTS_BEFORE_RECONNECT and not self._asking:
            self._asking = asyncio.ensure_future(self._ask(channel, self._since))

    async def _ask(self, channel: Channel, since: float) -> None:
        """Give the connection up, unless its node answers and only the queue does not.

        A leader may be frozen that is another node's: the node that we are connected to hears of
        the next one and sends again what waits, while a new connection would go to the old one.
        """
        outcomes = await channel.publishing.publish([PROBE], deadline=_ANSWER)
        self._asking, self._timeouts = None, 0
        is_long = time.monotonic() - since > _LONGEST
        if (any(outcomes) or is_long) and self._connection.channel is channel:
            self._since = None
            self._connection.give_up("publishes are not confirmed")
