"""Broker and database with the promises of the real ones, and faults at will.

The broker delivers again what was not acknowledged; the database keeps each event once and may
fail before or after its commit.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import asyncpg
from aiormq.channel import Channel

from shared.amqp.message import Message
from shared.amqp.publisher import PublishFailedError
from shared.event import Event
from worker.batches import BatchLoop
from worker.consumer import Consumer
from worker.delivery import Delivery
from worker.metrics import WorkerMetrics
from worker.recorder import Recorded
from worker.verdicts import Catalogue, first_pushes, judge, once_each

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
    """`faults` strike one attempt each: before the commit, or after it.

    `geo` is the log in order of its ids, `created` the events that created a repository.
    """

    def __init__(self) -> None:
        self.rows: Counter[str] = Counter()
        self.geo: list[str] = []
        self.created: list[Event] = []
        self.faults: list[tuple[str, BaseException]] = []
        self._catalogue = Catalogue({})

    async def record(self, events: Sequence[Event]) -> Recorded:
        when, error = self.faults.pop(0) if self.faults else ("never", Crash())
        if when == "before":
            raise error
        if any(event.repository == POISON for event in events):
            raise asyncpg.CheckViolationError("refused")
        self._catalogue |= self._registered(events)
        verdicts, _ = once_each(judge(events, self._catalogue))
        fresh = [verdict for verdict in verdicts if verdict.event.id not in self.rows]
        first = first_pushes(fresh, self._catalogue.pending)
        self._catalogue = replace(self._catalogue, pending=self._catalogue.pending - first.keys())
        self.created += [verdict.event for verdict in first.values()]
        self.rows.update(verdict.event.id for verdict in fresh)
        self.geo += [verdict.event.id for verdict in fresh if verdict.geo]
        if when == "after":
            raise error
        return Recorded(fresh=fresh, duplicates=len(events) - len(fresh))

    def _registered(self, events: Sequence[Event]) -> Catalogue:
        new = {event.repository for event in events} - self._catalogue.ids.keys()
        ids = {path: len(self._catalogue.ids) + n for n, path in enumerate(sorted(new), start=1)}
        return Catalogue(ids, frozenset(ids.values()))


class DeadLetters:
    """Confirms what it keeps; `faults` strike one attempt each.

    The first `confirmed` messages are confirmed then, the others kept or not without a word.
    """

    def __init__(self) -> None:
        self.kept: list[Message] = []
        self.faults: list[tuple[int, bool, BaseException]] = []

    async def publish(self, messages: Sequence[Message], *, deadline: float) -> None:  # noqa: ARG002
        if not self.faults:
            self.kept += messages
            return
        confirmed, keeps, error = self.faults.pop(0)
        told, untold = messages[:confirmed], messages[confirmed:]
        self.kept += messages if keeps else told
        if isinstance(error, PublishFailedError):
            error.unconfirmed = untold
        raise error


def batch_loop(queue: Queue, database: Database, dead: DeadLetters) -> BatchLoop:
    return BatchLoop(
        cast("Consumer", queue),
        database,
        dead,
        WorkerMetrics(),
        attempts=2,
        geo_enabled=True,
    )
