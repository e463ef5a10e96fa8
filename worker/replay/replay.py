"""Kept events recorded again, in batches, as a worker records them."""

from collections.abc import Callable, Sequence
from typing import Final

from shared.amqp.contents import Delivery
from shared.database import Pool, borrowed
from shared.event import Event
from worker import isolation
from worker.delivery import read
from worker.recorded import Recorded
from worker.recorder import Recorder
from worker.replay.comparison import compare
from worker.replay.correction import Correction
from worker.replay.difference import Done
from worker.replay.standing import Creating, Rules
from worker.verdicts import Verdict

# What the database refuses is a dead letter already, or was none of the worker's.
_ATTEMPTS: Final = 1


class Replay:
    """Records what is missing of kept events, and sets right what is recorded otherwise.

    A batch takes `seconds` at most; what it did is added to `done`.
    """

    def __init__(
        self, pool: Pool, rules: Rules, recorder: Recorder, done: Done, *, seconds: float
    ) -> None:
        self._recording = _Recording(pool, rules, recorder, done, seconds)
        self._done = done

    async def record(self, wanted: Callable[[Event], bool], batch: Sequence[Delivery]) -> None:
        """Return when the `wanted` ones are recorded; while the database is away, it waits."""
        received, _invalid = read(batch)
        mine = [one for one in received if one.event.supported and wanted(one.event)]
        if mine:
            outcome = await isolation.record(self._recording, mine, attempts=_ATTEMPTS)
            self._done.recorded.update(one.tracking_action.value for one in outcome.fresh)
            self._done.recorded.update(one.action for one in outcome.renames)
            self._done.failed += len(outcome.failures)


class _Recording:
    """The worker's own recorder, and then a look at what it found there already."""

    def __init__(
        self, pool: Pool, rules: Rules, recorder: Recorder, done: Done, seconds: float
    ) -> None:
        self._pool = pool
        self._rules = rules
        self._recorder = recorder
        self._correction = Correction(pool, rules, seconds=seconds)
        self._seconds = seconds
        self._done = done

    async def record(self, events: Sequence[Event]) -> Recorded[Verdict]:
        recorded = await self._recorder.record(events)
        if recorded.duplicates and await self._are_otherwise(events):
            self._done.corrected.update(await self._correction.correct(events))
        return recorded

    async def _are_otherwise(self, events: Sequence[Event]) -> bool:
        async with borrowed(self._pool, seconds=self._seconds) as connection:
            creating = Creating(self._rules.mode)
            return bool((await compare(connection, events, self._rules, creating)).otherwise)
