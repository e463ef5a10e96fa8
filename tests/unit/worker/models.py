"""Broker and database with the promises of the real ones, and faults at will.

The broker delivers again what was not acknowledged; the database keeps each event once and may
fail before or after its commit.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, cast

import asyncpg
from pamqp.commands import Basic
from pamqp.frame import marshal
from pamqp.header import ContentHeader

from shared.amqp.channel import Channel
from shared.amqp.contents import Delivery
from shared.amqp.message import Headers, Message
from shared.amqp.publisher import PublishFailedError
from shared.event import Event
from worker.consuming.batch import Batch
from worker.consuming.batches import BatchLoop
from worker.consuming.consumer import Consumer
from worker.metrics import WorkerMetrics
from worker.progress import Progress
from worker.recorded import Recorded
from worker.verdicts import (
    Catalogue,
    Verdict,
    first_pushes,
    judge,
    once_each,
    repository_key,
)

POISON = "team/poison"
BATCH = 5
NONE: Headers = {}


class Crash(BaseException):
    """The process is killed here."""


class Queue:
    """Messages in order; each delivery since the last channel has a tag."""

    def __init__(self) -> None:
        self.messages: dict[int, tuple[bytes, int, Headers]] = {}
        self.number = 0
        self.unacknowledged: list[int] = []
        self.channel_lost = False
        self.progress = Progress()

    def publish(self, body: bytes, came_before: int, headers: Headers = NONE) -> None:
        self.number += 1
        self.messages[self.number] = (body, came_before, headers)

    def lose_channel(self) -> None:
        """What was delivered and not acknowledged is counted and comes again, in its place."""
        for number in self.unacknowledged:
            body, count, headers = self.messages[number]
            self.messages[number] = (body, count + 1, headers)
        self.unacknowledged = []
        self.channel_lost = False

    async def next_batch(self) -> Batch | None:
        fresh = [number for number in sorted(self.messages) if number not in self.unacknowledged]
        self.unacknowledged += (taken := fresh[:BATCH])
        deliveries = [self._delivery(number) for number in taken]
        return Batch(cast("Channel", None), deliveries, 0.0, len(taken)) if taken else None

    def acknowledge(self, batch: Batch) -> None:
        last = batch.deliveries[-1].tag
        self._settle([number for number in self.unacknowledged if number <= last])

    async def acknowledge_one(self, _batch: Batch, delivery: Delivery) -> None:
        self._settle([number for number in self.unacknowledged if number == delivery.tag])

    def _settle(self, numbers: Sequence[int]) -> None:
        if self.channel_lost:
            return
        for number in numbers:
            self.unacknowledged.remove(number)
            del self.messages[number]

    def _delivery(self, number: int) -> Delivery:
        body, count, headers = self.messages[number]
        return delivery(number, body, came_before=count, headers=headers)


def delivery(
    tag: int, body: bytes = b"{}", *, came_before: int = 0, headers: Headers = NONE
) -> Delivery:
    """As RabbitMQ hands a message over that came so often before."""
    count = {"x-delivery-count": came_before} if came_before else {}
    table: Any = {**headers, **count}
    header = ContentHeader(0, len(body), Basic.Properties(headers=table))
    delivery = Delivery(tag, "event.push")
    delivery.header, delivery.body = marshal(header, 1)[7:-1], body
    return delivery


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

    async def record(self, events: Sequence[Event]) -> Recorded[Verdict]:
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
        new = set(map(repository_key, events)) - self._catalogue.ids.keys()
        ids = {key: len(self._catalogue.ids) + n for n, key in enumerate(sorted(new), start=1)}
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


def batch_loop(queue: Queue, database: Database, dead: DeadLetters) -> BatchLoop[Verdict]:
    metrics = WorkerMetrics()
    return BatchLoop(
        cast("Consumer", queue),
        database,
        dead,
        metrics,
        attempts=2,
        count=partial(metrics.count_recorded, geo_enabled=True),
    )
