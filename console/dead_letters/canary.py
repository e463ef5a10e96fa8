"""A few are sent ahead, to see whether they are recorded or dead again."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from console.dead_letters.database import database_errors
from console.dead_letters.view import DeadLetter
from console.overview import spoken
from shared.amqp.errors import BrokerAwayError
from shared.database import Pool
from shared.text import unstorable

RECORDED: Final = "SELECT event_id FROM tracking_events WHERE event_id = ANY($1::text[])"
_PAUSE: Final = 0.1


@dataclass(frozen=True, slots=True)
class Verdict:
    """Event ids; `unknown` were neither within the time."""

    recorded: frozenset[str]
    dead: frozenset[str]
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
        return f"canary: {', '.join(counts)} after {spoken.duration(self.seconds)}"


async def recorded(pool: Pool, event_ids: Iterable[str]) -> frozenset[str]:
    """Raises DatabaseAwayError."""
    with database_errors():
        rows = await pool.fetch(RECORDED, [one for one in event_ids if not unstorable(one)])
    return frozenset(row["event_id"] for row in rows)


async def verdict(
    sent: Sequence[str],
    arriving: AsyncIterator[DeadLetter],
    pool: Pool,
    *,
    within: float,
    stop: asyncio.Event,
) -> Verdict:
    """Wait until it is known of each of those event ids, at most until `stop`.

    `arriving` follows the dead letters from before sending.
    """
    started = time.monotonic()
    pending = set(sent)
    died: set[str] = set()
    done: frozenset[str] = frozenset()
    following = asyncio.ensure_future(_collect(arriving, died))
    try:
        while pending - done - died and time.monotonic() - started < within:
            if await _stopped(stop):
                break
            done |= await recorded(pool, pending - done)
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following
    return Verdict(
        recorded=done,
        dead=frozenset(died & pending - done),
        unknown=frozenset(pending - done - died),
        seconds=time.monotonic() - started,
    )


async def _stopped(stop: asyncio.Event) -> bool:
    """Whether it is set within a short pause."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_PAUSE):
            await stop.wait()
    return stop.is_set()


async def _collect(arriving: AsyncIterator[DeadLetter], died: set[str]) -> None:
    # Without the broker it can still be seen whether they are recorded.
    with suppress(BrokerAwayError):
        async for dead_letter in arriving:
            died.add(dead_letter.event_id)
