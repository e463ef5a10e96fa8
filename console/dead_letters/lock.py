"""One look at a time: an exclusive queue of the broker, which nobody fills, is the lock.

It belongs to its connection, so it is free again when its holder ends, however that happens.
"""

import asyncio
import time
from typing import Final

from aiormq.abc import AbstractConnection
from aiormq.exceptions import ChannelLockedResource

from console.dead_letters.errors import BusyError
from shared.amqp.errors import broker_errors
from shared.amqp.topology import DEAD_QUEUE

LOCK: Final = f"{DEAD_QUEUE}.look"
PATIENCE: Final = 60.0
_ANSWER: Final = 10.0
_LONGEST_PAUSE: Final = 1.0


async def acquire(connection: AbstractConnection, *, patience: float = PATIENCE) -> None:
    """Wait for the lock, which this connection then holds until it closes.

    Raises BusyError after `patience` seconds, BrokerAwayError.
    """
    deadline, pause = time.monotonic() + patience, 0.05
    while not await _taken(connection):
        if time.monotonic() > deadline:
            raise BusyError(patience)
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)


async def _taken(connection: AbstractConnection) -> bool:
    # Being refused closes the channel.
    channel = await broker_errors(connection.channel(), _ANSWER)
    try:
        async with asyncio.timeout(_ANSWER):
            await channel.queue_declare(LOCK, exclusive=True, auto_delete=True)
    except ChannelLockedResource:
        return False
    return True
