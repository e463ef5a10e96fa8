"""Taking a notification in: it is taken when the broker has confirmed all of it."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Final, NamedTuple, TypeVar

from ingest.arrival import Arrival
from ingest.burial import Burials
from ingest.metrics import IngestMetrics
from ingest.normalisation import Normalised, normalised
from ingest.quick_translation import translate_at_once
from ingest.translation import Notification, Outcome, Translated, translate
from shared.amqp.publisher import Publisher, PublishFailedError

N = TypeVar("N", bound=Notification)
T = TypeVar("T")

# Bytes. A thousand empty events fit into a small one, which is cut up while others wait; of the
# large ones a thread cuts one at a time, so that neither these nor those in between wait for many.
_SMALL: Final = 4 * 1024
_LARGE: Final = 64 * 1024


class Receipt(NamedTuple):
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
        if (translated := translate_at_once(notification)) is None:
            translated = await self._beside(notification, lambda one: list(translate(one)))
        return await self._hand_over(notification, translated, started + self._deadline)

    async def take_arrival(
        self, arrival: Arrival, *, deadline: float
    ) -> tuple[Receipt, Normalised]:
        """As `take`, of another registry; what was found in it, beside the receipt.

        `deadline` is in seconds.
        """
        until = time.monotonic() + deadline
        found = await self._beside(arrival, normalised)
        return await self._hand_over(arrival, found.translated, until), found

    async def _hand_over(
        self, notification: Notification, translated: Sequence[Translated], until: float
    ) -> Receipt:
        now = time.monotonic()
        # Our own slowness is not the broker's: it gets its chance.
        remaining = max(until - now, self._deadline / 2)
        dead = [one for one in translated if one.reason]
        events = [one for one in translated if not one.reason] if dead else translated
        messages = [one.message for one in events if one.message]
        try:
            if messages or not dead:
                await self._publisher.publish(messages, deadline=remaining)
            if dead:
                await self._burials.bury(notification, dead, until=now + remaining)
        except PublishFailedError as error:
            self._metrics.publish_failures.labels(error.cause).inc()
            raise
        self._count(events, notification.source)
        if translated:
            self._metrics.last_event_at = time.time()
        return Receipt(len(messages), len(dead), len(events) - len(messages))

    def _count(self, events: Sequence[Translated], source: str) -> None:
        accepted = [one.action for one in events if one.message]
        self._metrics.count(Outcome.ACCEPTED, accepted, source)
        if len(accepted) < len(events):
            ignored = [one.action for one in events if not one.message]
            self._metrics.count(Outcome.IGNORED, ignored, source)

    async def _beside(self, notification: N, translation: Callable[[N], T]) -> T:
        """What `translation` makes of it; of a large one in a thread, beside what else goes on."""
        if notification.body.length <= _SMALL:
            return translation(notification)
        async with self._large_turn if notification.body.length > _LARGE else nullcontext():
            return await asyncio.to_thread(translation, notification)
