"""A few are sent ahead, whose fate decides whether the rest follows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from console.dead_letters.letter.dead_letter import Named
from console.dead_letters.operations import audit, fate
from console.dead_letters.operations.run import INTERRUPTED, Action, Outcome
from console.dead_letters.queue import arrivals
from console.dead_letters.queue.broker import Broker
from shared.database import Pool
from shared.settings import Settings

# How many are looked up to find canaries among them.
_TRIED: Final = 10_000


@dataclass(frozen=True, slots=True)
class Canaries:
    """`count` of them, `sent` when they are; their fate is waited for, `seconds` at most."""

    broker: Broker
    pool: Pool
    sent: Sequence[Named]
    count: int
    seconds: float

    async def pick(self, chosen: Mapping[bytes, Named]) -> list[bytes]:
        """The oldest that tell something: what is recorded already would be so again.

        Raises DatabaseAwayError: then nothing is sent.
        """
        oldest = dict(islice(chosen.items(), _TRIED))
        known = await fate.recorded(self.pool, oldest.values())
        telling = [key for key, event in oldest.items() if event.event_id not in known]
        return (telling or list(oldest))[: self.count]

    async def send(self, action: Action, first: list[bytes], outcome: Outcome) -> None:
        async with arrivals.follow(self.broker) as arriving:
            await action.run(first, outcome)
            if not self.sent:
                outcome.stopped = outcome.stopped or "no canary could be sent"
                return
            found = await fate.verdict(
                self.sent,
                arriving,
                self.pool,
                within=self.seconds,
                stop=action.attended.stop,
            )
        if found.unknown and action.attended.stop.is_set():
            outcome.stopped = outcome.stopped or INTERRUPTED
            return
        action.attended.say(str(found))
        if not found.good:
            outcome.stopped = outcome.stopped or str(found)


async def check(loaded: Settings) -> None:
    """Raises DatabaseAwayError where nobody could see whether a canary is recorded."""
    async with audit.database(loaded) as pool:
        if pool:
            await fate.recorded(pool, ())
