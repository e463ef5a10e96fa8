"""What became of a few events that were sent: recorded, or dead again."""

import asyncio
import time
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from console.database import database_errors
from console.dead_letters.letter.dead_letter import DeadLetter, Named
from console.words import spoken
from shared import credentials, timestamps
from shared.amqp.errors import BrokerAwayError
from shared.database import Pool
from shared.text import printable, unstorable

# Of events without a time of their own, whose retries are of another moment, the second table has
# those that are recorded.
RECORDED: Final = """
SELECT event_id FROM tracking_events
JOIN unnest($1::timestamptz[], $2::text[]) AS sent (occurred_at, event_id)
    USING (occurred_at, event_id)
UNION SELECT event_id FROM received_events WHERE event_id = ANY($2::text[])
"""
_PAUSE: Final = 0.1
_ID: Final = 60
_ERROR: Final = 200


@dataclass(frozen=True, slots=True)
class Verdict:
    """Event ids, of the dead each with its reason; `unknown` were neither within the time."""

    recorded: frozenset[str]
    dead: Mapping[str, str]
    unknown: frozenset[str]
    seconds: float

    @property
    def good(self) -> bool:
        return not (self.dead or self.unknown)

    def __str__(self) -> str:
        told = {
            "recorded": self.recorded,
            "dead again": self.dead,
            "neither recorded nor dead again (is a worker running?)": self.unknown,
        }
        counts = [f"{len(ids)} {what}" for what, ids in told.items() if ids]
        why = next((f" ({printable(id_, _ID)}: {why})" for id_, why in self.dead.items()), "")
        return f"canary: {', '.join(counts)} after {spoken.duration(self.seconds)}{why}"


async def recorded(pool: Pool, events: Iterable[Named]) -> frozenset[str]:
    """The ids of those that are. Raises DatabaseAwayError."""
    keys = list(_keys(events))
    with database_errors():
        rows = await pool.fetch(RECORDED, [time for time, _ in keys], [id_ for _, id_ in keys])
    return frozenset(row["event_id"] for row in rows)


def _keys(events: Iterable[Named]) -> Iterator[tuple[datetime, str]]:
    for event_id, timestamp in events:
        # Without a time that can be read nothing is recorded.
        with suppress(ValueError):
            if event_id and not unstorable(event_id):
                yield timestamps.read(timestamp), event_id


async def verdict(
    sent: Sequence[Named],
    arriving: AsyncIterator[DeadLetter],
    pool: Pool,
    *,
    within: float,
    stop: asyncio.Event,
) -> Verdict:
    """Wait until it is known of each of those events, at most until `stop`.

    `arriving` follows the dead letters from before sending.
    """
    started = time.monotonic()
    pending = {event.event_id: event for event in sent}
    died: dict[str, str] = {}
    done: frozenset[str] = frozenset()
    following = asyncio.ensure_future(_collect(arriving, pending, died))
    try:
        while pending.keys() - done - died.keys() and time.monotonic() - started < within:
            if await _stopped(stop):
                break
            left = [event for id_, event in pending.items() if id_ not in done]
            done |= await recorded(pool, left)
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following
    return Verdict(
        recorded=done,
        dead={id_: why for id_, why in died.items() if id_ not in done},
        unknown=frozenset(pending.keys() - done - died.keys()),
        seconds=time.monotonic() - started,
    )


async def _stopped(stop: asyncio.Event) -> bool:
    """Whether it is set within a short pause."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_PAUSE):
            await stop.wait()
    return stop.is_set()


async def _collect(
    arriving: AsyncIterator[DeadLetter], sent: Collection[str], died: dict[str, str]
) -> None:
    # Without the broker it can still be seen whether they are recorded.
    with suppress(BrokerAwayError):
        async for dead_letter in arriving:
            if dead_letter.event_id in sent:
                died[dead_letter.event_id] = _why(dead_letter)


def _why(dead_letter: DeadLetter) -> str:
    error = printable(credentials.masked(dead_letter.error), _ERROR)
    return ", ".join(filter(None, (dead_letter.story.reason.value, error)))
