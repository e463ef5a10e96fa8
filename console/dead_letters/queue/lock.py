"""One look at a time: an exclusive queue of the broker, which nobody fills, is the lock.

It belongs to its connection, so it is free again when its holder ends, however that happens.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Final

from aiormq.abc import AbstractChannel, AbstractConnection
from aiormq.exceptions import ChannelLockedResource

from console.dead_letters.errors import BusyError
from console.words.away import ANSWER
from shared.amqp.errors import broker_errors
from shared.amqp.topology import DEAD_QUEUE

LOCK: Final = f"{DEAD_QUEUE}.look"
PATIENCE: Final = 60.0
# Who lets others look leaves the lock free for longer.
LONGEST_PAUSE: Final = 1.0
_SILENCE: Final = 2.0

Say = Callable[[str], None]


def silent(_: str) -> None:
    """Nobody hears it."""


async def acquire(
    connection: AbstractConnection, *, patience: float = PATIENCE, say: Say = silent
) -> None:
    """Wait for the lock, which this connection then holds until it closes.

    A longer wait is told to `say`. Raises BusyError after `patience` seconds, BrokerAwayError.
    """
    started, pause, told = time.monotonic(), 0.05, False
    while not await _taken(connection):
        waited = time.monotonic() - started
        if waited > patience:
            raise BusyError(patience)
        if waited > _SILENCE and not told:
            say("waiting for somebody else who looks at the dead letters or changes them ...")
            told = True
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


async def _taken(connection: AbstractConnection) -> bool:
    # Being refused closes the channel.
    channel = await broker_errors(connection.channel(), ANSWER)
    return await broker_errors(_declared(channel), ANSWER)


async def _declared(channel: AbstractChannel) -> bool:
    try:
        await channel.queue_declare(LOCK, exclusive=True, auto_delete=True)
    except ChannelLockedResource:
        return False
    return True
