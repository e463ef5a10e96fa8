"""Bad events are found among good ones, whatever their number and place."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any, cast

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.amqp.contents import Delivery
from shared.event import Event
from tests.factories import make_event
from worker import isolation
from worker.delivery import Received
from worker.recorded import Recorded
from worker.verdicts import Verdict


class Ledger:
    """Records like a database with a constraint on some repositories; counts the attempts."""

    def __init__(self, bad: set[str], outages: int = 0) -> None:
        self.bad = bad
        self.outages = outages
        self.recorded: list[str] = []
        self.alone: Counter[str] = Counter()

    async def record(self, events: Sequence[Event]) -> Recorded[Verdict]:
        if self.outages:
            self.outages -= 1
            raise ConnectionRefusedError("the database is away")
        if len(events) == 1:
            self.alone[events[0].id] += 1
        if any(event.id in self.bad for event in events):
            raise asyncpg.CheckViolationError("refused")
        self.recorded += [event.id for event in events]
        return Recorded(fresh=(), duplicates=0)


def batch_of(size: int) -> list[Received]:
    delivery = cast("Delivery", None)
    events: list[dict[str, Any]] = [make_event(id=f"event-{number}") for number in range(size)]
    return [Received(delivery, Event.parse(json.dumps(event))) for event in events]


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "_PAUSE_BEFORE_RETRY", 0.0)


@given(
    st.integers(1, 40).flatmap(
        lambda size: st.tuples(st.just(size), st.sets(st.integers(0, size - 1)))
    )
)
async def test_every_good_event_is_recorded_once_and_every_bad_one_is_tried_three_times(
    batch: tuple[int, set[int]],
) -> None:
    size, numbers = batch
    bad = {f"event-{number}" for number in numbers}
    ledger = Ledger(bad)
    outcome = await isolation.record(ledger, batch_of(size), attempts=3)
    assert sorted(ledger.recorded) == sorted({f"event-{number}" for number in range(size)} - bad)
    assert len(outcome.failures) == len(bad)
    assert {failure.attempts for failure in outcome.failures} <= {3}
    assert {ledger.alone[event] for event in bad} <= {3}


async def test_an_outage_is_waited_for_and_blames_no_event() -> None:
    ledger = Ledger(bad=set(), outages=2)
    outcome = await isolation.record(ledger, batch_of(3), attempts=1)
    assert (outcome.failures, len(ledger.recorded)) == ([], 3)


async def test_an_event_that_succeeds_on_its_second_try_is_no_dead_letter() -> None:
    class Heals(Ledger):
        async def record(self, events: Sequence[Event]) -> Recorded[Verdict]:
            if self.alone["event-1"] == 1:
                self.bad = set()
            return await super().record(events)

    ledger = Heals(bad={"event-1"})
    outcome = await isolation.record(ledger, batch_of(4), attempts=3)
    assert (outcome.failures, len(ledger.recorded)) == ([], 4)
