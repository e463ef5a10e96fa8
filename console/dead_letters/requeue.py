"""Requeueing a plan: the canaries first, then the rest."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import islice
from typing import Final

from console.dead_letters import audit, canary, operation, reading
from console.dead_letters.acting import INTERRUPTED, Action, Attended, Outcome
from console.dead_letters.audit import Operation, Trail
from console.dead_letters.deeds import Requeue, publishing_channel
from console.dead_letters.plan import Plan
from console.dead_letters.reading import Broker
from shared.configuration import secret
from shared.database import Pool
from shared.settings import Settings

# How many are looked up to find canaries among them.
_TRIED: Final = 10_000


@dataclass(frozen=True, slots=True)
class Pace:
    """Events a second, how many go ahead, and for how many seconds these are waited for."""

    rate: float | None = None
    canary: int = 0
    canary_timeout: float = 60.0
    max_requeues: int = 3


async def requeue_all(
    loaded: Settings, made: Plan, work: Operation, pace: Pace, attended: Attended
) -> tuple[Outcome, Trail]:
    """Raises BusyError, BrokerAwayError, and with canaries DatabaseAwayError."""
    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(audit.database(loaded))
        broker = await stack.enter_async_context(reading.connected(secret(loaded.amqp_url)))
        deed = Requeue(await publishing_channel(broker), by=work.actor)
        ahead = _Canary(broker, pool, deed, pace) if pool and pace.canary else None
        first = await ahead.pick(made.chosen) if ahead else []
        trail = Trail(pool)
        outcome = await stack.enter_async_context(operation.written_down(trail, work))
        action = Action(broker.url, deed, attended, pace.rate)
        if ahead:
            await ahead.send(action, first, outcome)
        if not outcome.stopped:
            await action.run(made.chosen.keys() - first, outcome)
    return outcome, trail


async def check_canary(loaded: Settings) -> None:
    """Raises DatabaseAwayError where nobody could see whether a canary is recorded."""
    async with audit.database(loaded) as pool:
        if pool:
            await canary.recorded(pool, ())


@dataclass(frozen=True, slots=True)
class _Canary:
    """The first few, whose fate decides whether the rest follows."""

    broker: Broker
    pool: Pool
    deed: Requeue
    pace: Pace

    async def pick(self, chosen: Mapping[bytes, str]) -> list[bytes]:
        """The oldest that tell something: what is recorded already would be so again.

        Raises DatabaseAwayError: then nothing is sent.
        """
        oldest = dict(islice(chosen.items(), _TRIED))
        known = await canary.recorded(self.pool, filter(None, oldest.values()))
        telling = [key for key, event_id in oldest.items() if event_id not in known]
        return (telling or list(oldest))[: self.pace.canary]

    async def send(self, action: Action, first: list[bytes], outcome: Outcome) -> None:
        async with reading.following(self.broker) as arriving:
            await action.run(first, outcome)
            if not self.deed.sent:
                outcome.stopped = outcome.stopped or "no canary could be sent"
                return
            found = await canary.verdict(
                self.deed.sent,
                arriving,
                self.pool,
                within=self.pace.canary_timeout,
                stop=action.attended.stop,
            )
        if found.unknown and action.attended.stop.is_set():
            outcome.stopped = outcome.stopped or INTERRUPTED
            return
        action.attended.say(str(found))
        if not found.good:
            outcome.stopped = outcome.stopped or str(found)
