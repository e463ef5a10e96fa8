"""What came back of a requeue: those that it sent and that are dead letters again."""

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from console.dead_letters.errors import BusyError
from console.dead_letters.letter.cause import Cause
from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.letter.past import REQUEUED_AT, REQUEUED_BY, operator_name
from console.dead_letters.queue import counts, visit
from console.dead_letters.queue.broker import Broker
from console.dead_letters.summary import Group, Summary
from shared import credentials
from shared.amqp.errors import BrokerAwayError
from shared.amqp.topology import TopologyConflictError

# Beyond it, a look only for this would keep the queue from others.
LARGEST: Final = 200_000


@dataclass(frozen=True, slots=True)
class Sent:
    """By whom, and from when until when by the clock of this machine, which wrote the headers."""

    by: str
    since: datetime
    until: datetime

    def has(self, dead_letter: DeadLetter) -> bool:
        headers = dead_letter.headers
        if headers.get(REQUEUED_BY) != operator_name(self.by):
            return False
        try:
            at = datetime.fromisoformat(str(headers.get(REQUEUED_AT)))
        except ValueError:
            return False
        return at.tzinfo is not None and self.since <= at <= self.until


@dataclass(frozen=True, slots=True)
class Back:
    """Those of one cause. `example` is a message id, `since` when the first of them died."""

    cause: Cause
    count: int
    example: str
    since: datetime | None

    def document(self) -> dict[str, Any]:
        return {
            **self.cause._asdict(),
            "count": self.count,
            "example": credentials.masked(self.example),
            "since": self.since.isoformat() if self.since else None,
        }


@dataclass(frozen=True, slots=True)
class Returned:
    """Those that were back at `as_of`, the most frequent cause first.

    `unknown` says why nobody could look; empty if somebody did.
    """

    as_of: datetime
    count: int = 0
    causes: tuple[Back, ...] = ()
    unknown: str = ""

    def document(self) -> dict[str, Any]:
        return {
            "as_of": self.as_of.isoformat(),
            "count": None if self.unknown else self.count,
            "groups": [back.document() for back in self.causes],
            "unknown": self.unknown,
        }


async def look(connecting: AbstractAsyncContextManager[Broker], sent: Sent) -> Returned:
    """Whatever goes wrong, the requeue stays done: that is said in `unknown`."""
    summary = Summary(datetime.now(UTC))

    def note(dead_letter: DeadLetter) -> None:
        if sent.has(dead_letter):
            summary.add(dead_letter)

    try:
        async with connecting as broker:
            if await counts.dead_letters(broker.connection) > LARGEST:
                return Returned(
                    summary.now, unknown=f"there are more than {LARGEST:,} dead letters"
                )
            await visit.each(broker, note)
    except (BusyError, BrokerAwayError, TopologyConflictError) as error:
        return Returned(summary.now, unknown=str(error))
    return Returned(summary.now, summary.total.count, tuple(_causes(summary.groups)))


def _causes(groups: list[Group]) -> Iterator[Back]:
    for group in groups:
        yield Back(group.cause, group.count, group.example, group.oldest)
