"""Recording in spite of outages and of bad events: one never stops another."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, Protocol

import stamina

from shared.amqp.dead_letter import Reason
from shared.event import Event
from worker.delivery import Failure, Received
from worker.failures import is_outage
from worker.recorded import Item, Recorded
from worker.verdicts import Verdict

_LONGEST_PAUSE: Final = 5.0
_PAUSE_BEFORE_RETRY: Final = 0.1


class BatchRecorder(Protocol[Item]):
    async def record(self, events: Sequence[Event]) -> Recorded[Item]: ...


@dataclass(slots=True)
class Outcome(Generic[Item]):
    """What became of a batch."""

    fresh: list[Item] = field(default_factory=list)
    duplicates: int = 0
    expired: int = 0
    conflicts: list[Verdict] = field(default_factory=list)
    renames: list[Event] = field(default_factory=list)
    relocations: int = 0
    failures: list[Failure] = field(default_factory=list)

    def add(self, recorded: Recorded[Item]) -> None:
        self.fresh += recorded.fresh
        self.duplicates += recorded.duplicates
        self.expired += recorded.expired
        self.conflicts += recorded.conflicts
        self.renames += recorded.renames
        self.relocations += recorded.relocations


async def record(
    recorder: BatchRecorder[Item], batch: Sequence[Received], *, attempts: int
) -> Outcome[Item]:
    """Record every event that can be recorded; returns when each is, or has failed for good.

    While the database is away the batch is held. A batch that fails otherwise is split until the
    bad events stand alone; these are tried `attempts` times in all, in rounds with a growing
    pause, so that a hundred of them take hardly longer than one.
    """
    outcome = Outcome[Item]()
    suspects = await _isolate(recorder, batch, outcome)
    for attempt in range(2, attempts + 1):
        if not suspects:
            break
        await asyncio.sleep(_PAUSE_BEFORE_RETRY * 2 ** (attempt - 2))
        tried_again = [
            await _isolate(recorder, [received], outcome, attempt=attempt)
            for received, _ in suspects
        ]
        suspects = [suspect for suspects in tried_again for suspect in suspects]
    outcome.failures += [failure for _, failure in suspects]
    return outcome


async def _isolate(
    recorder: BatchRecorder[Item],
    batch: Sequence[Received],
    outcome: Outcome[Item],
    *,
    attempt: int = 1,
) -> list[tuple[Received, Failure]]:
    try:
        outcome.add(await _hold(recorder, [received.event for received in batch]))
    except Exception as error:  # noqa: BLE001  whatever it is, it must not stop the other events
        if len(batch) == 1:
            failure = Failure(batch[0].delivery, Reason.RECORDING_FAILED, error, attempt)
            return [(batch[0], failure)]
        middle = len(batch) // 2
        return [
            *await _isolate(recorder, batch[:middle], outcome),
            *await _isolate(recorder, batch[middle:], outcome),
        ]
    return []


async def _hold(recorder: BatchRecorder[Item], events: Sequence[Event]) -> Recorded[Item]:
    retries = stamina.retry_context(
        on=is_outage, attempts=None, timeout=None, wait_initial=0.1, wait_max=_LONGEST_PAUSE
    )
    async for attempt in retries:
        with attempt:
            return await recorder.record(events)
    raise AssertionError("an endless retry ended")
