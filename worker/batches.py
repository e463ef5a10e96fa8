"""The worker's loop: take a batch, record it, bury what failed, acknowledge."""

import asyncio
import time
from collections.abc import Sequence
from typing import Final, NamedTuple

import stamina

from shared import faults
from shared.amqp.contents import Delivery
from shared.amqp.dead_letter import Reason
from shared.amqp.message import Message
from shared.amqp.publisher import Publisher, PublishFailedError
from shared.event import Event
from shared.invalid_event import InvalidEventError
from shared.logs import get_logger
from shared.text import from_bytes, printable
from shared.throttle import Throttle
from worker import isolation, suspects
from worker.consumer import Batch, Consumer
from worker.delivery import Failure, Received
from worker.isolation import BatchRecorder
from worker.metrics import WorkerMetrics
from worker.verdicts import Verdict

# What is confirmed too late is there twice: better wait for a broker that is only slow.
_PUBLISH_DEADLINE: Final = 30.0
_LONGEST_PAUSE: Final = 5.0
# Seconds between two lines of a log on what a sender can repeat without end.
_QUIET: Final = 10.0


class _Read(NamedTuple):
    """A batch and what its deliveries are; both empty, they are suspects and read one by one."""

    batch: Batch
    received: Sequence[Received] = ()
    failures: Sequence[Failure] = ()


class BatchLoop:
    """Settles every delivery: its event is recorded, or it is a dead letter that is confirmed.

    Batches are settled one after another, which is what allows one acknowledgement for each.
    """

    def __init__(
        self,
        consumer: Consumer,
        recorder: BatchRecorder,
        publisher: Publisher,
        metrics: WorkerMetrics,
        *,
        attempts: int,
        geo_enabled: bool,
    ) -> None:
        self._consumer = consumer
        self._recorder = recorder
        self._publisher = publisher
        self._metrics = metrics
        self._attempts = attempts
        self._geo_enabled = geo_enabled
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
        return _Read(batch, *_read(batch.deliveries))

    async def _settle_all(self, read: _Read) -> None:
        batch, received, failures = read
        started = time.perf_counter()
        if received or failures:
            await self._settle(received, failures)
            self._consumer.acknowledge(batch)
        else:
            for alone in suspects.one_by_one(batch.deliveries):
                await self._settle(*_read([alone]))
                await self._consumer.acknowledge_one(batch, alone)
        self._metrics.batch_size.observe(len(batch.deliveries))
        self._metrics.batch_duration.observe(time.perf_counter() - started)

    async def _settle(self, received: Sequence[Received], failures: Sequence[Failure]) -> None:
        outcome = await isolation.record(self._recorder, received, attempts=self._attempts)
        self._metrics.count_recorded(outcome, geo_enabled=self._geo_enabled)
        self._warn_of(outcome.conflicts)
        await self._bury([*failures, *outcome.failures])
        self._log.debug(
            "batch.recorded",
            size=len(received) + len(failures),
            fresh=len(outcome.fresh),
            duplicates=outcome.duplicates,
        )

    async def _bury(self, failures: Sequence[Failure]) -> None:
        if not failures:
            return
        await self._publish([failure.message() for failure in failures])
        self._metrics.count_dead_lettered(failures)
        for failure in failures:
            self._log.warning(
                "delivery.dead_lettered",
                reason=failure.reason.value,
                error=printable(str(failure.error) or faults.NO_TEXT, 300),
                attempts=failure.attempts,
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

    async def _publish(self, messages: Sequence[Message]) -> None:
        """Return once all are confirmed; one that is confirmed is not published again."""
        left = messages
        retries = stamina.retry_context(
            on=self._note, attempts=None, timeout=None, wait_max=_LONGEST_PAUSE
        )
        async for attempt in retries:
            with attempt:
                try:
                    await self._publisher.publish(left, deadline=_PUBLISH_DEADLINE)
                except PublishFailedError as error:
                    left = error.unconfirmed
                    raise

    def _note(self, error: Exception) -> bool:
        if not isinstance(error, PublishFailedError):
            return False
        self._metrics.publish_failures.labels(error.cause).inc()
        return True


def _read(deliveries: Sequence[Delivery]) -> tuple[list[Received], list[Failure]]:
    received: list[Received] = []
    failures: list[Failure] = []
    for delivery in deliveries:
        try:
            received.append(Received(delivery, Event.parse(from_bytes(delivery.body))))
        except InvalidEventError as error:
            failures.append(Failure(delivery, Reason.INVALID_EVENT, error, attempts=1))
    return received, failures
