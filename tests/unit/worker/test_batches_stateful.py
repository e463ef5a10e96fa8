"""The worker's batch logic against a model: any order of events, duplicates, failures, crashes.

Broker and database are models with the promises of the real ones: the broker delivers again what
was not acknowledged, the database keeps each event once and may fail before or after its commit.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, cast

import asyncpg
import pytest
import stamina
from aiormq.channel import Channel
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from shared.amqp.dead_letter import Reason, Story
from shared.amqp.message import Message
from shared.amqp.publisher import PublishFailedError
from shared.event import Event
from tests.factories import make_event
from worker import isolation
from worker.batches import BatchLoop
from worker.consumer import Consumer
from worker.delivery import Delivery
from worker.metrics import WorkerMetrics
from worker.recorder import Recorded

POISON = "team/poison"
BATCH = 5


class Crash(BaseException):
    """The process is killed here."""


class Queue:
    """Messages in order; each delivery since the last channel has a tag."""

    def __init__(self) -> None:
        self.messages: dict[int, tuple[bytes, int]] = {}
        self.number = 0
        self.unacknowledged: list[int] = []
        self.channel_lost = False

    def publish(self, body: bytes, came_before: int) -> None:
        self.number += 1
        self.messages[self.number] = (body, came_before)

    def lose_channel(self) -> None:
        """What was delivered and not acknowledged is counted and comes again, in its place."""
        for number in self.unacknowledged:
            body, count = self.messages[number]
            self.messages[number] = (body, count + 1)
        self.unacknowledged = []
        self.channel_lost = False

    async def next_batch(self) -> Sequence[Delivery]:
        fresh = [number for number in sorted(self.messages) if number not in self.unacknowledged]
        self.unacknowledged += (taken := fresh[:BATCH])
        return [self._delivery(number) for number in taken]

    async def acknowledge(self, batch: Sequence[Delivery], *, and_before: bool = True) -> None:
        if self.channel_lost:
            return
        last = batch[-1].tag
        done = [n for n in self.unacknowledged if n == last or (and_before and n < last)]
        for number in done:
            self.unacknowledged.remove(number)
            del self.messages[number]

    def _delivery(self, number: int) -> Delivery:
        body, count = self.messages[number]
        headers = {"x-delivery-count": count} if count else {}
        return Delivery(cast("Channel", None), number, "event.push", body, headers)


class Database:
    """`faults` strike one attempt each: before the commit, or after it."""

    def __init__(self) -> None:
        self.rows: Counter[str] = Counter()
        self.faults: list[tuple[str, BaseException]] = []

    async def record(self, events: Sequence[Event]) -> Recorded:
        when, error = self.faults.pop(0) if self.faults else ("never", Crash())
        if when == "before":
            raise error
        if any(event.repository == POISON for event in events):
            raise asyncpg.CheckViolationError("refused")
        fresh = {event.id for event in events} - self.rows.keys()
        self.rows.update(fresh)
        if when == "after":
            raise error
        return Recorded(fresh=(), duplicates=len(events) - len(fresh))


class DeadLetters:
    """Confirms what it keeps; `faults` strike one attempt each, keeping it or not."""

    def __init__(self) -> None:
        self.kept: list[Message] = []
        self.faults: list[tuple[bool, BaseException]] = []

    async def publish(self, messages: Sequence[Message], *, deadline: float) -> None:  # noqa: ARG002
        keeps, error = self.faults.pop(0) if self.faults else (True, None)
        if keeps:
            self.kept += messages
        if error:
            raise error


OUTAGES = st.sampled_from(
    [
        ConnectionRefusedError("away"),
        TimeoutError(),
        asyncpg.CannotConnectNowError("starting up"),
        asyncpg.DeadlockDetectedError("deadlock"),
        asyncpg.SerializationError("serialization"),
        asyncpg.DiskFullError("full"),
        asyncpg.InterfaceError("closed"),
    ]
)


class Worker(RuleBasedStateMachine):
    sent = Bundle("sent")

    @initialize()
    def start(self) -> None:
        self.queue, self.database, self.dead = Queue(), Database(), DeadLetters()
        self.good: set[str] = set()
        self.bad: set[str] = set()

    @rule(
        target=sent,
        repository=st.sampled_from(["team/app", "team/other", POISON]),
        came_before=st.sampled_from([0, 0, 2, 3, 4, 5]),
    )
    def send(self, repository: str, came_before: int) -> dict[str, Any]:
        event = make_event(repository=repository)
        (self.bad if repository == POISON else self.good).add(event["id"])
        self.queue.publish(json.dumps(event).encode(), came_before)
        return event

    @rule(event=sent)
    def send_again(self, event: dict[str, Any]) -> None:
        self.queue.publish(json.dumps(event).encode(), 0)

    @rule(error=OUTAGES, when=st.sampled_from(["before", "after"]))
    def database_will_fail(self, error: Exception, when: str) -> None:
        self.database.faults.append((when, error))

    @rule(when=st.sampled_from(["before", "after"]), attempts=st.integers(0, 3))
    def worker_will_be_killed(self, when: str, attempts: int) -> None:
        """After some `attempts` that meet no fault."""
        self.database.faults += [("never", Crash())] * attempts
        self.database.faults.append((when, Crash()))

    @rule(keeps=st.booleans(), kills=st.booleans())
    def dead_letters_will_fail(self, keeps: bool, kills: bool) -> None:  # noqa: FBT001  strategies
        self.dead.faults.append((keeps, Crash() if kills else PublishFailedError("timeout")))

    @rule()
    def channel_will_be_lost(self) -> None:
        self.queue.channel_lost = True

    @rule()
    def work(self) -> None:
        """Until the queue is empty, or the process is killed; then the next one connects."""
        loop = BatchLoop(
            cast("Consumer", self.queue),
            self.database,
            self.dead,
            WorkerMetrics(),
            attempts=2,
            geo_enabled=True,
        )
        with suppress(Crash):
            asyncio.run(loop.run())
        self.queue.lose_channel()

    @invariant()
    def nothing_is_lost_or_doubled(self) -> None:
        recorded, buried = self.database.rows, self._buried()
        assert set(recorded) <= self.good
        assert set(recorded.values()) <= {1}
        assert buried <= self.bad
        waiting = {json.loads(body)["id"] for body, _ in self.queue.messages.values()}
        assert self.good | self.bad <= recorded.keys() | buried | waiting

    def teardown(self) -> None:
        if not hasattr(self, "queue"):
            return
        self.database.faults, self.dead.faults = [], []
        self.work()
        self.work()
        assert self.queue.messages == {}
        assert set(self.database.rows) == self.good
        assert self._buried() == self.bad

    def _buried(self) -> set[str]:
        stories = [Story.read(message.headers) for message in self.dead.kept]
        assert {story.reason for story in stories} <= {Reason.RECORDING_FAILED}
        return {json.loads(message.body)["id"] for message in self.dead.kept}


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(isolation, "_PAUSE_BEFORE_RETRY", 0.0)
    with stamina.set_testing(True, attempts=1000):
        yield


TestWorker = Worker.TestCase
TestWorker.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)
