"""From as many shards as there are to another number of them, while events come and go.

A shard is bound once a worker consumes it, and unbound before it is drained: what comes meanwhile
goes to the first one. So whichever number an ingest beside it was told, every event has a queue.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from itertools import count
from typing import Final

from console.sharding import shard as queues
from console.sharding.errors import ShardsError
from console.sharding.leftovers import move
from console.words.spoken import count as counted
from shared.amqp.channel import Channel
from shared.amqp.shards import declare_queue, queue_of

# Seconds between two looks.
_BETWEEN: Final = 0.5
# Seconds from the unbinding, in which what was on its way arrives: an ingest that got no confirm
# for so long has told its registry to send again.
_ARRIVED: Final = 5.0

Say = Callable[[str], None]


async def change(channel: Channel, number: int, *, seconds: float, say: Say) -> None:
    """Make it `number` of them, on a connection on which the topology for so many exists.

    `seconds` is how long it waits for workers. Raises ShardsError, BrokerAwayError and
    TopologyConflictError.
    """
    await queues.lock(channel)
    until = time.monotonic() + seconds
    surplus = await _surplus(channel, number)
    for shard in surplus:
        await queues.unbind(channel, shard)
    arrived = time.monotonic() + _ARRIVED
    for shard in range(1, number):
        await declare_queue(channel.underlay, shard)
    for shard in range(1, number):
        await _add(channel, shard, until, say)
    # From the last one on, so that there is never a gap: who looks for them stops at one.
    for shard in reversed(surplus):
        await _drain(channel, shard, until, say)
        await asyncio.sleep(arrived - time.monotonic())
        await _drain(channel, shard, until, say)
        await queues.delete(channel, shard)
        say(f"{queue_of(shard)} is deleted")


async def _surplus(channel: Channel, number: int) -> Sequence[int]:
    found: list[int] = []
    for shard in count(number):
        if not await queues.exists(channel, shard):
            break
        found.append(shard)
    return found


async def _add(channel: Channel, shard: int, until: float, say: Say) -> None:
    """Bind it as soon as it is consumed."""
    while not (await queues.depth(channel, shard)).consumers:
        if time.monotonic() > until:
            raise ShardsError(
                f"no worker takes from {queue_of(shard)}, so nothing is sent there: start workers "
                "again with this REGISTRY_EVENTS_SHARDS, then run this again"
            )
        await asyncio.sleep(_BETWEEN)
    await queues.bind(channel, shard)
    say(f"{queue_of(shard)} is bound")


async def _drain(channel: Channel, shard: int, until: float, say: Say) -> None:
    """Return once nothing is in it and nobody has anything of it in hand."""
    while not (depth := await queues.depth(channel, shard)).is_deserted:
        if time.monotonic() > until:
            raise ShardsError(
                f"{queue_of(shard)} gets nothing any more, but {counted(depth.ready, 'event')} "
                f"wait in it and {counted(depth.consumers, 'worker')} take from it: look at the "
                "workers, then run this again"
            )
        if not depth.consumers:
            moved = await move(channel, shard)
            say(f"{counted(moved, 'event')} of {queue_of(shard)} moved to {queue_of(0)}")
        elif not depth.ready:
            await queues.let_go(channel, shard)
        await asyncio.sleep(_BETWEEN)
