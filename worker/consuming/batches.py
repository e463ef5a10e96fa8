"""The worker's loop: take a batch, record it, bury what failed, acknowledge."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Final, Generic, NamedTuple

from shared.amqp.publisher import Publisher
from shared.logs import get_logger
from shared.throttle import Throttle
from worker import isolation
from worker.consuming import suspects
from worker.consuming.batch import Batch
from worker.consuming.burial import Burial
from worker.consuming.consumer import Consumer
from worker.consuming.watching import Around, unwatched
from worker.delivery import Failure, Received, read
from worker.isolation import BatchRecorder, Outcome
from worker.metrics import WorkerMetrics
from worker.progress import WatchedRecorder
from worker.recorded import Item
from worker.verdicts import Verdict

# Seconds between two lines of a log on what a sender can repeat without end.
_QUIET: Final = 10.0


class _Read(NamedTuple):
    """A batch and what its deliveries are; both empty, they are suspects and read one by one."""

    batch: Batch
    received: Sequence[Received] = ()
    failures: Sequence[Failure] = ()


class BatchLoop(Generic[Item]):
    """Settles every delivery: its event is recorded, or it is a dead letter that is confirmed.

    Batches are settled one after another, which is what allows one acknowledgement for each.
    `count` hears what became of each, as does what is `around` a batch.
    """

    def __init__(
        self,
        consumer: Consumer,
        recorder: BatchRecorder[Item],
        publisher: Publisher,
        metrics: WorkerMetrics,
        *,
        attempts: int,
        count: Callable[[Outcome[Item]], None],
    ) -> None:
        self._consumer = consumer
        self._recorder = WatchedRecorder(recorder, consumer.progress)
        self._burial = Burial(publisher, metrics, consumer.progress)
        self._metrics = metrics
        self._attempts = attempts
        self._count = count
        self.around: Around = unwatched
        self._log = get_logger()
        self._conflicting = Throttle(_QUIET)

    async def run(self) -> None:
        """Work until the consumer is stopped and what it holds is settled.

        Cancelled in between, it leaves unacknowledged what is not settled: it comes again.
        """
        batch = await self._next()
        while batch:
            upcoming = asyncio.ensure_future(self._next())
            try:
                await self._settle_all(batch)
                batch = await upcoming
            finally:
                upcoming.cancel()

    async def _next(self) -> _Read | None:
        """The next batch is read while the one before it is recorded."""
        batch = await self._consumer.next_batch()
        if batch is None:
            return None
        if suspects.are_suspects(batch.deliveries):
            return _Read(batch)
        return _Read(batch, *read(batch.deliveries))

    async def _settle_all(self, taken: _Read) -> None:
        batch, received, failures = taken
        started = time.perf_counter()
        if received or failures:
            await self._settle(received, failures)
            self._consumer.acknowledge(batch)
        else:
            for alone in suspects.one_by_one(batch.deliveries):
                await self._settle(*read([alone]))
                await self._consumer.acknowledge_one(batch, alone)
        self._metrics.batch_size.observe(len(batch.deliveries))
        self._metrics.batch_duration.observe(time.perf_counter() - started)

    async def _settle(self, received: Sequence[Received], failures: Sequence[Failure]) -> None:
        with self.around(received, failures) as tell:
            outcome = await isolation.record(self._recorder, received, attempts=self._attempts)
            tell(outcome)
            self._count(outcome)
            self._warn_of(outcome.conflicts)
            await self._burial.bury([*failures, *outcome.failures])
        self._log.debug(
            "batch.recorded",
            size=len(received) + len(failures),
            fresh=len(outcome.fresh),
            duplicates=outcome.duplicates,
            expired=outcome.expired,
        )

    def _warn_of(self, conflicts: Sequence[Verdict]) -> None:
        for verdict in conflicts:
            if count := self._conflicting.count():
                event = verdict.event
                self._log.warning(
                    "event.conflicting",
                    error="its id is recorded with another content; its sender reuses ids",
                    event_id=event.id,
                    repository=event.repository,
                    source=event.node,
                    count=count,
                )
