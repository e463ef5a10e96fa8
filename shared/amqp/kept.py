"""What was accepted, kept for some days in a stream beside the queues it is recorded from.

Every event is published twice, to its queue and here. A stream that is bound to the events'
exchange instead would make each of its messages one that some queue takes: when the work queue is
gone, the broker would confirm what nobody will ever record.
"""

from collections.abc import Sequence
from typing import Final

from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import ChannelPreconditionFailed

from shared.amqp.message import Message
from shared.amqp.topology import EVENTS_EXCHANGE, conflict, is_event
from shared.logs import get_logger

KEPT_QUEUE: Final = "registry.events.kept"
# The broker's own, which takes a queue's name for a routing key.
_DEFAULT_EXCHANGE: Final = ""
# Bytes, some 3,000 events. A stream forgets whole files, and never the one that it writes to: with
# the broker's 500 MB a small registry's would be there for ever. Smaller, a large one's are a
# hundred thousand.
_SEGMENT: Final = 4 * 1024 * 1024
_AGE: Final = "x-max-age"


def arguments(seconds: int) -> dict[str, str | int]:
    """Of the stream that keeps what is younger than `seconds`."""
    return {
        "x-queue-type": "stream",
        _AGE: f"{seconds}s",
        "x-stream-max-segment-size-bytes": _SEGMENT,
    }


async def declare(connection: AbstractConnection, seconds: int) -> None:
    """Make sure that the stream exists, which keeps what is younger than `seconds`.

    One that keeps another age is left as it is, since only who deletes it, with all that it keeps,
    could have it declared anew. Raises TopologyConflictError, and what aio-pika raises.
    """
    channel = await connection.channel()
    try:
        await channel.declare_queue(KEPT_QUEUE, durable=True, arguments={**arguments(seconds)})
    except ChannelPreconditionFailed as error:
        if f"'{_AGE}'" not in str(error):
            raise conflict(error) from None
        get_logger().warning("kept.of_another_age", queue=KEPT_QUEUE, error=str(error))
        return
    await channel.close()


def with_copies(messages: Sequence[Message]) -> Sequence[Message]:
    """The messages, and behind them a copy of each event for the stream."""
    return [*messages, *(_copy(one) for one in messages if _is_kept(one))]


def _is_kept(message: Message) -> bool:
    """Events are, before they are spread; dead letters and probes are not."""
    return message.exchange == EVENTS_EXCHANGE and is_event(message.routing_key)


def _copy(message: Message) -> Message:
    return Message(_DEFAULT_EXCHANGE, KEPT_QUEUE, message.body, message.headers)
