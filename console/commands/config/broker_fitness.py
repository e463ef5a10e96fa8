"""Whether a broker that can be reached does what is asked of it, as far as a client can see."""

import re
from typing import Final

from aio_pika.abc import AbstractConnection

from console.words import away
from shared.amqp.channel import Channel
from shared.amqp.errors import broker_errors
from shared.amqp.message import Message
from shared.amqp.topology import EVENTS_EXCHANGE
from shared.amqp.wire import Wire
from shared.configuration import variable
from shared.settings import Settings
from shared.text import printable

_OLDEST: Final = (3, 10)
_PRECONDITION: Final = "PRECONDITION_FAILED"


async def unfit(connection: AbstractConnection, plug: Wire, settings: Settings) -> str:
    """What is wrong, and which of its settings it is; empty if nothing is.

    Raises BrokerAwayError.
    """
    version = _version(connection)
    if old := re.match(r"(\d+)\.(\d+)", version):
        oldest = ".".join(map(str, _OLDEST))
        if tuple(map(int, old.groups())) < _OLDEST:
            return f"RabbitMQ {printable(version, 20)} is older than {oldest}, the oldest supported"
    largest = settings.ingest_max_body_bytes
    # To an exchange's key that nobody binds to: the broker takes it and forgets it. Where there is
    # no exchange yet, because no service has been there, it says so instead.
    probe = Message(EVENTS_EXCHANGE, "probe", bytes(largest), mandatory=False)
    outer = await broker_errors(connection.channel(), away.ANSWER)
    channel = await Channel.of(outer, plug)
    (outcome,) = await channel.publishing.publish([probe], deadline=away.ANSWER)
    if outcome and _PRECONDITION in outcome.detail:
        return (
            f"it takes no message of {largest:,} bytes; raise its max_message_size, or lower "
            f"{variable('ingest_max_body_bytes')}"
        )
    return ""


def _version(connection: AbstractConnection) -> str:
    transport = connection.transport
    properties = transport.connection.server_properties if transport else {}
    return str(properties.get("version", ""))
