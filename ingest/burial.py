"""Publishing dead letters so that a repeat of their notification does not leave them again.

A copy of an event counts once, a copy of a dead letter does not.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from ingest.metrics import IngestMetrics
from ingest.translation import Notification, Translated
from shared.amqp.message import Message
from shared.amqp.publisher import Publisher, PublishFailedError

# Notifications whose registry may repeat them. Each is at most one byte an event.
_REMEMBERED: Final = 1_000
_AT_ONCE: Final = 500
# Seconds beyond the deadline: of what is given up half way nobody knows how much is in the queue.
_GRACE: Final = 2.0


@dataclass(slots=True)
class _Burial:
    """The dead letters of one notification; `is_confirmed` is by their number."""

    is_confirmed: bytearray
    source: str
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Burials:
    """Remembers what is confirmed of notifications that may not have got their answer in time."""

    def __init__(self, publisher: Publisher, metrics: IngestMetrics) -> None:
        self._publisher = publisher
        self._metrics = metrics
        self._recent: dict[bytes, _Burial] = {}

    async def bury(
        self, notification: Notification, dead: Sequence[Translated], *, until: float
    ) -> None:
        """Return when the broker has confirmed all of `dead`, now or for an earlier copy.

        After `until`, a monotonic time, no more are begun, but what was begun is finished.
        Raises PublishFailedError.
        """
        key = _key(notification)
        burial = self._recent.pop(key, None) or _Burial(bytearray(len(dead)), notification.source)
        self._recent[key] = burial
        if len(self._recent) > _REMEMBERED:
            del self._recent[next(iter(self._recent))]
        async with _in_turn(burial, until):
            await self._bury_rest(burial, dead, until)
        if time.monotonic() < until:
            # Later its registry may have given up already, and sends it again.
            self._recent.pop(key, None)

    async def _bury_rest(self, burial: _Burial, dead: Sequence[Translated], until: float) -> None:
        left = [number for number, done in enumerate(burial.is_confirmed) if not done]
        for start in range(0, len(left), _AT_ONCE):
            # Some at each try, however late it is: the last repeat comes to an end.
            if start and time.monotonic() > until:
                why = f"{len(left) - start} dead letters are left for the repeat"
                raise PublishFailedError("timeout", why)
            await self._publish(burial, dead, left[start : start + _AT_ONCE], until)

    async def _publish(
        self, burial: _Burial, dead: Sequence[Translated], numbers: Sequence[int], until: float
    ) -> None:
        messages = [message for number in numbers if (message := dead[number].message)]
        remaining = max(until - time.monotonic(), 0) + _GRACE
        try:
            await self._publisher.publish(messages, deadline=remaining)
        except PublishFailedError as error:
            # The error is not kept: it holds the messages, and would hold itself by its traceback.
            self._note_confirmed(burial, dead, numbers, error.unconfirmed)
            raise
        self._note_confirmed(burial, dead, numbers, ())

    def _note_confirmed(
        self,
        burial: _Burial,
        dead: Sequence[Translated],
        numbers: Sequence[int],
        unconfirmed_messages: Sequence[Message],
    ) -> None:
        unconfirmed = {id(message) for message in unconfirmed_messages}
        confirmed = [number for number in numbers if id(dead[number].message) not in unconfirmed]
        for number in confirmed:
            burial.is_confirmed[number] = True
        self._metrics.count_dead([dead[number] for number in confirmed], burial.source)


@asynccontextmanager
async def _in_turn(burial: _Burial, until: float) -> AsyncIterator[None]:
    """Wait for an earlier copy that is in hand still. Raises PublishFailedError."""
    try:
        async with asyncio.timeout(max(until - time.monotonic(), 0)):
            await burial.turn.acquire()
    except TimeoutError:
        raise PublishFailedError("timeout", "an earlier copy of it is still in hand") from None
    try:
        yield
    finally:
        burial.turn.release()


def _key(notification: Notification) -> bytes:
    body = notification.body
    told = f"{body.length} {body.sha256} {notification.identity} "
    return sha256(told.encode("utf-8", "surrogateescape") + body.kept).digest()
