"""Taking a notification in: it is taken when the broker has confirmed all of it."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Final

from ingest.burial import Burials
from ingest.metrics import IngestMetrics
from ingest.quick_translation import translate_at_once
from ingest.translation import Notification, Outcome, Translated, translate
from shared.amqp.publisher import Publisher, PublishFailedError

# Bytes. A thousand empty events fit into a small one, which is cut up while others wait; of the
# large ones a thread cuts one at a time, so that neither these nor those in between wait for many.
_SMALL: Final = 4 * 1024
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
    """Publishes the events of a notification, and its dead letters once these are confirmed."""

    def __init__(self, publisher: Publisher, metrics: IngestMetrics, *, deadline: float) -> None:
        self._publisher = publisher
        self._burials = Burials(publisher, metrics)
        self._metrics = metrics
        self._deadline = deadline
        self._large_turn = asyncio.Lock()

    async def take(self, notification: Notification) -> Receipt:
        """Return once every message is confirmed.

        Raises PublishFailedError when it is not within the deadline: the registry then sends the
        notification again, and what was published already counts once all the same.
        """
        started = time.monotonic()
        translated = await self._translate(notification)
        # Our own slowness is not the broker's: it gets its chance.
        until = max(started + self._deadline, time.monotonic() + self._deadline / 2)
        try:
            await self._publish(notification, translated, until)
        except PublishFailedError as error:
            self._metrics.publish_failures.labels(error.cause).inc()
            raise
        if translated:
            self._metrics.last_event.set_to_current_time()
        return _receipt(translated)

    async def _translate(self, notification: Notification) -> Sequence[Translated]:
        if (translated := translate_at_once(notification)) is not None:
            return translated
        if notification.body.length <= _SMALL:
            return list(translate(notification))
        async with self._large_turn if notification.body.length > _LARGE else nullcontext():
            return await asyncio.to_thread(list, translate(notification))

    async def _publish(
        self, notification: Notification, translated: Sequence[Translated], until: float
    ) -> None:
        dead = [one for one in translated if one.reason]
        others = [one for one in translated if not one.reason]
        messages = [one.message for one in others if one.message]
        if messages or not dead:
            await self._publisher.publish(messages, deadline=until - time.monotonic())
        if dead:
            await self._burials.bury(notification, dead, until=until)
        self._metrics.count(others)


def _receipt(translated: Sequence[Translated]) -> Receipt:
    outcomes = Counter(one.outcome for one in translated)
    return Receipt(
        accepted=outcomes[Outcome.ACCEPTED],
        dead_lettered=outcomes[Outcome.DEAD_LETTERED],
        ignored=outcomes[Outcome.IGNORED],
    )
