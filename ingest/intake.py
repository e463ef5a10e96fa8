"""Taking a notification in: it is taken when the broker has confirmed all of it."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ingest.metrics import IngestMetrics
from ingest.translation import Notification, Outcome, Translated, translate
from shared.amqp.publisher import Publisher, PublishFailedError
from shared.metrics import action_label

# Bytes; cutting up the largest bodies takes seconds, which others shall not wait for.
_LARGE: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Receipt:
    """How many events of a notification went to the queue, and how many to the dead letters.

    `ignored` are invalid ones of an action that nobody records.
    """

    accepted: int
    dead_lettered: int
    ignored: int = 0


class Intake:
    """Publishes what a notification holds, all of it in flight together."""

    def __init__(self, publisher: Publisher, metrics: IngestMetrics, *, deadline: float) -> None:
        self._publisher = publisher
        self._metrics = metrics
        self._deadline = deadline

    async def take(self, notification: Notification) -> Receipt:
        """Return once every message is confirmed.

        Raises PublishFailedError when it is not within the deadline: the registry then sends the
        notification again, and what was published already is recorded once all the same.
        """
        started = time.monotonic()
        translated = await _translate(notification)
        # Our own slowness is not the broker's: it gets its chance.
        remaining = max(self._deadline - (time.monotonic() - started), self._deadline / 2)
        try:
            messages = [one.message for one in translated if one.message]
            await self._publisher.publish(messages, deadline=remaining)
        except PublishFailedError as error:
            self._metrics.publish_failures.labels(error.cause).inc()
            raise
        return self._count(translated)

    def _count(self, translated: Sequence[Translated]) -> Receipt:
        outcomes: Counter[Outcome] = Counter()
        for one in translated:
            outcomes[one.outcome] += 1
            self._metrics.events.labels(action_label(one.action or ""), one.outcome).inc()
            if one.reason:
                self._metrics.dead_letters.labels(one.reason).inc()
        if translated:
            self._metrics.last_event.set_to_current_time()
        return Receipt(
            accepted=outcomes[Outcome.ACCEPTED],
            dead_lettered=outcomes[Outcome.DEAD_LETTERED],
            ignored=outcomes[Outcome.IGNORED],
        )


async def _translate(notification: Notification) -> Sequence[Translated]:
    if notification.body.length > _LARGE:
        return await asyncio.to_thread(list, translate(notification))
    return list(translate(notification))
