"""Takes batches out of the outbox to one sink, for ever, at the sink's pace."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import aiohttp
import msgspec
import stamina
import structlog

from forward import outbox
from forward.destination import Destination
from forward.event import Event
from forward.metrics import ForwardMetrics
from forward.outbox import Held
from forward.posting import NotTakenError, RefusedError, post
from shared.database import ERRORS, Connection, Pool, transaction
from shared.logs import get_logger

# When nothing waits; a worker tells nobody of what it has written.
_PAUSE: Final = 1.0
_FIRST_WAIT: Final = 0.5
_LONGEST_WAIT: Final = 60.0
_JITTER: Final = 1.0


class Forwarder:
    """A batch is a transaction: its rows stay locked until the sink has answered, then they go.

    So no other forwarder sends them meanwhile, and those of a process that dies are free again;
    what it sent without having heard the answer is sent twice. `fault` says why the sink takes
    nothing, empty while it does.
    """

    def __init__(
        self,
        to: Destination,
        pool: Pool,
        http: aiohttp.ClientSession,
        metrics: ForwardMetrics,
        *,
        seconds: float,
    ) -> None:
        """`seconds` are for a whole transaction, the request within it."""
        self.to = to
        self.fault = ""
        self._pool, self._http, self._metrics = pool, http, metrics
        self._seconds = seconds
        self._size = to.most
        self._at_a_batch = asyncio.Lock()
        self._log = get_logger()

    async def run(self) -> None:
        # In a task of its own: each line of it says which sink that is, retries too.
        structlog.contextvars.bind_contextvars(sink=self.to.sink.value)
        while True:
            if not await self._persist():
                await asyncio.sleep(_PAUSE)

    async def finish(self, seconds: float) -> None:
        """Begin no other batch; wait for the answer to the one in hand, at most so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._at_a_batch.acquire()

    async def _persist(self) -> int:
        """The next batch, however long the sink or the database is away; how many it had."""
        attempts = stamina.retry_context(
            on=again,
            attempts=None,
            timeout=None,
            wait_initial=_FIRST_WAIT,
            wait_max=_LONGEST_WAIT,
            wait_jitter=_JITTER,
        )
        count = 0
        async for attempt in attempts:
            with attempt:
                async with self._at_a_batch:
                    count = await self._batch()
        return count

    async def _batch(self) -> int:
        async with transaction(self._pool, seconds=self._seconds) as connection:
            held = await outbox.take(connection, self.to.sink, self._size)
            if held:
                await self._send(connection, held)
        self.fault = ""
        return len(held)

    async def _send(self, connection: Connection, held: Sequence[Held]) -> None:
        started = time.monotonic()
        try:
            await post(self._http, self.to, self._encoded(held))
        except RefusedError as refusal:
            await self._isolate(connection, held, str(refusal))
        except NotTakenError as error:
            self._metrics.failures.labels(self.to.sink).inc()
            self.fault = str(error)
            raise
        else:
            await outbox.delete(connection, self.to.sink, held)
            self._metrics.events.labels(self.to.sink, "taken").inc(len(held))
            self._log.debug("batch.forwarded", size=len(held))
            self._size = min(2 * self._size, self.to.most)
        finally:
            self._metrics.duration.observe(time.monotonic() - started)

    def _encoded(self, held: Sequence[Held]) -> bytes:
        try:
            return self.to.encode([Event.read(one.event) for one in held])
        except msgspec.ValidationError as error:
            raise RefusedError(f"cannot be read: {error}") from None

    async def _isolate(self, connection: Connection, held: Sequence[Held], why: str) -> None:
        """Of a batch that is refused half is tried next, down to the one event that is why."""
        if len(held) > 1:
            self._size = len(held) // 2
            return
        (one,) = held
        await outbox.refuse(connection, self.to.sink, one, why)
        self._metrics.events.labels(self.to.sink, "refused").inc()
        self._log.warning("event.refused", id=one.id, error=why)


def again(error: Exception) -> bool | float:
    """Whether to try again, or after how many seconds."""
    if isinstance(error, NotTakenError):
        return True if error.after is None else error.after
    return isinstance(error, ERRORS)
