"""Publishing that is done when the broker has confirmed it, and failed in every other case."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, Protocol
from uuid import uuid4

from aiormq.channel import Channel
from aiormq.exceptions import AMQPError, DeliveryError, PublishError
from pamqp.commands import Basic

from shared.amqp.connection import Connection
from shared.amqp.errors import describe, raise_if_cancelled
from shared.amqp.message import CONTENT_TYPE, Message

_PERSISTENT: Final = 2
_TIMEOUTS_BEFORE_RECONNECT: Final = 5
# Of one publish: others' messages come between. More would be no faster, a broker confirms many at
# once.
_IN_FLIGHT: Final = 64


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
    """Publisher on one channel, many messages in flight together."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._timeouts = 0

    async def publish(self, messages: Sequence[Message], *, deadline: float) -> None:
        channel = self._connection.channel
        if channel is None:
            raise PublishFailedError("disconnected", self._connection.fault, messages)
        left = dict(enumerate(messages))
        try:
            # Of our own, round all: aiormq's timeouts do not cover a connection that hangs.
            async with asyncio.timeout(deadline):
                await _publish_all(channel, left)
        except TimeoutError:
            if len(left) == len(messages):
                self._count_timeout()
            why = f"no confirm within {deadline:.3g} s"
            raise PublishFailedError("timeout", why, tuple(left.values())) from None
        except PublishFailedError as error:
            error.unconfirmed = tuple(left.values())
            if error.cause == "returned":
                # A queue or binding is gone; opening again declares it again.
                self._connection.give_up("a message reached no queue")
            raise
        self._timeouts = 0

    def _count_timeout(self) -> None:
        self._timeouts += 1
        if self._timeouts >= _TIMEOUTS_BEFORE_RECONNECT:
            self._timeouts = 0
            self._connection.give_up("publishes are not confirmed")


async def _publish_all(channel: Channel, left: dict[int, Message]) -> None:
    """Take out of `left` what is confirmed."""
    numbers = iter(tuple(left))

    async def publish_in_turn() -> None:
        for number in numbers:
            await publish_one(channel, left[number])
            del left[number]

    if len(left) == 1:
        await publish_in_turn()
        return
    lanes = (publish_in_turn() for _ in range(min(len(left), _IN_FLIGHT)))
    results = await asyncio.gather(*lanes, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result


async def publish_one(channel: Channel, message: Message) -> None:
    """Return when the broker has confirmed the message. Raises PublishFailedError."""
    try:
        confirm = await channel.basic_publish(
            message.body,
            exchange=message.exchange,
            routing_key=message.routing_key,
            mandatory=message.mandatory,
            properties=_properties(message),
            wait=False,
        )
    except PublishError as error:
        raise PublishFailedError("returned", describe(error)) from None
    except DeliveryError as error:
        raise PublishFailedError("refused", describe(error)) from None
    except (AMQPError, OSError, RuntimeError) as error:
        raise PublishFailedError("disconnected", describe(error)) from None
    except asyncio.CancelledError:
        raise_if_cancelled()
        raise PublishFailedError("disconnected", "connection lost") from None
    if not isinstance(confirm, Basic.Ack):
        raise PublishFailedError("refused", type(confirm).__name__)


def _properties(message: Message) -> Basic.Properties:
    return Basic.Properties(
        # Fresh for each publish: aiormq finds a returned message's confirm by it, so with the
        # event's id here a retry beside its original would take the wrong one.
        message_id=uuid4().hex,
        delivery_mode=_PERSISTENT,
        content_type=CONTENT_TYPE,
        timestamp=datetime.now(UTC),
        headers=dict(message.headers),
    )
