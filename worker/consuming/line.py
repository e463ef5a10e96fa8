"""A queue's way into the worker: what consumes it, on a connection of its own."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, Final

from shared.amqp.connection import Connection
from shared.amqp.shards import Wanted
from shared.configuration import secret
from shared.logs import get_logger
from shared.settings import Settings
from worker.consuming.consumer import Consumer
from worker.consuming.shards import Shards


class Line:
    """`connection` and `shards` are to run beside the work; without any, the queue is alone."""

    def __init__(self, settings: Settings, *, name: str, queue: str, shards: int = 0) -> None:
        self.queue: Final = queue
        self.consumer: Final = Consumer(
            batch_size=settings.worker_batch_size,
            batch_wait=settings.worker_batch_wait,
            queues=shards or 1,
        )
        self.shards: Final = Shards(self.consumer, queue, shards)
        self.connection: Final = Connection(
            secret(settings.amqp_url),
            name=name,
            heartbeat=settings.amqp_heartbeat,
            opened=self.shards.opened,
            wanted=Wanted(shards or 1, pulls=settings.pulls),
        )

    @property
    def still(self) -> float:
        """For how many seconds there has been a batch and no progress; 0 if there is none."""
        return min(self.consumer.batch_age, self.consumer.progress.still)


async def work(
    lines: Sequence[Line],
    loops: Sequence[Coroutine[Any, Any, None]],
    stop: asyncio.Event,
    *,
    drain_timeout: float,
) -> None:
    """Run the loops that settle what `lines` deliver until `stop`, then drain.

    One that ends by itself stops all; its error is raised.
    """
    running = {asyncio.ensure_future(loop) for loop in loops}
    for one in running:
        one.add_done_callback(lambda _: stop.set())
    try:
        await stop.wait()
        get_logger().info("worker.draining", timeout=drain_timeout)
        # Beside the work: a broker that is frozen never confirms that we stopped.
        stopping = asyncio.gather(*(line.consumer.stop() for line in lines))
        await asyncio.wait(running, timeout=drain_timeout)
        stopping.cancel()
        await asyncio.gather(stopping, return_exceptions=True)
    finally:
        if not all(one.done() for one in running):
            get_logger().warning("worker.drain_timed_out")
        for one in running:
            one.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    for one in running:
        if not one.cancelled():
            one.result()
