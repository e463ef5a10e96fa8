"""What was sent, and what was answered: the side of the count that the system cannot influence."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

ACCEPTED = "200"


@dataclass
class Ledger:
    """`answers` counts every notification by its status, or by why there was no answer."""

    offered: set[str] = field(default_factory=set)
    accepted: set[str] = field(default_factory=set)
    answers: Counter[str] = field(default_factory=Counter)
    _times: list[float] = field(default_factory=list)

    def offer(self, events: Sequence[dict[str, Any]]) -> None:
        self.offered.update(event["id"] for event in events)

    def note(self, events: Sequence[dict[str, Any]], answer: str) -> None:
        self.answers[answer] += 1
        if answer == ACCEPTED:
            self.accepted.update(event["id"] for event in events)
            self._times.append(time.monotonic())

    def longest_pause(self) -> float:
        """Seconds between two notifications that were answered 200."""
        return max((later - earlier for earlier, later in pairwise(self._times)), default=0.0)
