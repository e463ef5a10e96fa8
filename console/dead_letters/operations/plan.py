"""What an operation would do: exactly these dead letters, and no later ones."""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from console.dead_letters.letter.cause import Cause, cause
from console.dead_letters.letter.dead_letter import DeadLetter, Named
from console.dead_letters.queue import visit
from console.dead_letters.queue.broker import Broker
from console.dead_letters.selection import Selection
from shared.amqp.dead_letter import Reason

# What holds no notification is not requeued at all.
LASTING: Final = (Reason.INVALID_EVENT.value,)


def key(dead_letter: DeadLetter) -> bytes:
    """What a dead letter is known by from one look to the next."""
    if dead_letter.message_id:
        return dead_letter.message_id.encode("utf-8", "surrogatepass")
    return hashlib.sha256(dead_letter.body.encode("utf-8", "surrogatepass")).digest()


@dataclass(slots=True)
class Plan:
    """`refusal` says why a dead letter that matches is left alone, empty if it is not.

    `chosen` has their events too.
    """

    selection: Selection
    refusal: Callable[[DeadLetter], str]
    chosen: dict[bytes, Named] = field(default_factory=dict)
    skipped: Counter[str] = field(default_factory=Counter)
    groups: Counter[Cause] = field(default_factory=Counter)
    requeued_before: int = 0

    @property
    def matched(self) -> int:
        return len(self.chosen) + self.skipped.total()

    @property
    def doomed(self) -> int:
        """How many would die again as they are, were they requeued."""
        return sum(count for one, count in self.groups.items() if one.reason in LASTING)

    def add(self, dead_letter: DeadLetter) -> None:
        limit = self.selection.limit
        if limit is not None and len(self.chosen) >= limit:
            return
        if not self.selection.matches(dead_letter):
            return
        if why := self.refusal(dead_letter):
            self.skipped[why] += 1
            return
        self.chosen[key(dead_letter)] = dead_letter.event
        self.groups[cause(dead_letter)] += 1
        self.requeued_before += dead_letter.requeues > 0

    def document(self) -> dict[str, Any]:
        return {
            "matched": self.matched,
            "chosen": len(self.chosen),
            "requeued_before": self.requeued_before,
            "skipped": dict(self.skipped),
            "groups": [
                {**one._asdict(), "count": count} for one, count in self.groups.most_common()
            ],
        }


async def make(
    broker: Broker, selection: Selection, refusal: Callable[[DeadLetter], str] = lambda _: ""
) -> Plan:
    """Look what the selection names now. Raises BusyError, BrokerAwayError."""
    made = Plan(selection, refusal)
    await visit.each(broker, made.add)
    return made
