"""Dead letters of the worker: published and confirmed before their deliveries are settled."""

from collections.abc import Sequence
from typing import Final

import stamina

from shared import faults
from shared.amqp.message import Message
from shared.amqp.publisher import Publisher, PublishFailedError
from shared.logs import get_logger
from shared.text import printable
from worker.delivery import Failure
from worker.metrics import WorkerMetrics
from worker.progress import Progress

# What is confirmed too late is there twice: better wait for a broker that is only slow.
_PUBLISH_DEADLINE: Final = 30.0
_LONGEST_PAUSE: Final = 5.0


class Burial:
    def __init__(self, publisher: Publisher, metrics: WorkerMetrics, progress: Progress) -> None:
        self._publisher = publisher
        self._metrics = metrics
        self._progress = progress
        self._log = get_logger()

    async def bury(self, failures: Sequence[Failure]) -> None:
        """Return once all are confirmed; while that is not to be had, it tries again for ever."""
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
        # The broker takes none just now, which no restart mends.
        self._progress.made()
        return True
