"""Publishing that is done when the broker has confirmed it, and failed in every other case."""

from collections.abc import Sequence
from typing import Final, Protocol

from shared.amqp.connection import Connection
from shared.amqp.message import Message

_TIMEOUTS_BEFORE_RECONNECT: Final = 5


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

    async def publish(self, messages: Sequence[Message], *, deadline: float) -> None:
        channel = self._connection.channel
        if channel is None:
            raise PublishFailedError("disconnected", self._connection.fault, messages)
        outcomes = await channel.publishing.publish(messages, deadline=deadline)
        failure = next(filter(None, outcomes), None)
        if failure is None:
            self._timeouts = 0
            return
        each = zip(messages, outcomes, strict=True)
        unconfirmed = [message for message, outcome in each if outcome]
        if failure.cause == "returned":
            # A queue or binding is gone; opening again declares it again.
            self._connection.give_up("a message reached no queue")
        elif failure.cause == "timeout" and len(unconfirmed) == len(messages):
            self._count_timeout()
        raise PublishFailedError(failure.cause, failure.detail, unconfirmed)

    def _count_timeout(self) -> None:
        self._timeouts += 1
        if self._timeouts >= _TIMEOUTS_BEFORE_RECONNECT:
            self._timeouts = 0
            self._connection.give_up("publishes are not confirmed")
