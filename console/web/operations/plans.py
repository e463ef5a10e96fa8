"""Plans that were shown, until one is confirmed or grows old."""

import time
from collections import deque
from typing import Final, NamedTuple

from console.dead_letters.operations.edit import Edit
from console.dead_letters.operations.plan import Plan
from console.web.latest import Latest
from console.web.operations.order import Kind

_PLAN_SECONDS: Final = 900.0
# Bytes, about: a plan of a large queue takes some ten megabytes.
_LARGEST: Final = 256 * 1024 * 1024
# What Python adds to a key and an event id.
_OVERHEAD: Final = 200


class Planned(NamedTuple):
    """What would be done, and with an edit the text that goes instead."""

    kind: Kind
    plan: Plan
    edit: Edit | None = None

    @property
    def size(self) -> int:
        """Bytes, about."""
        chosen = self.plan.chosen
        texts = sum(map(len, chosen)) + sum(map(len, chosen.values()))
        edited = len(self.edit.text) + len(self.edit.dead_letter.body) if self.edit else 0
        return texts + len(chosen) * _OVERHEAD + edited


class _Dated(NamedTuple):
    until: float
    planned: Planned
    size: int


class Plans:
    """The last plans that each session was shown, for a quarter of an hour."""

    def __init__(self) -> None:
        self._plans = Latest[_Dated]()

    def keep(self, planned: Planned, session: str) -> str:
        """`session` only counts: those without one (no cookie) push each other's out."""
        dated = _Dated(time.monotonic() + _PLAN_SECONDS, planned, planned.size)
        identifier = self._plans.keep(dated, session)
        sizes = deque(one.size for one in self._plans.values())
        while len(sizes) > 1 and sum(sizes) > _LARGEST:
            sizes.popleft()
            self._plans.drop_oldest()
        return identifier

    def find(self, identifier: str) -> Planned | None:
        kept = self._plans.find(identifier)
        return kept.value.planned if kept and time.monotonic() < kept.value.until else None

    def take(self, identifier: str) -> Planned | None:
        """Once: what was confirmed twice is done once."""
        found = self.find(identifier)
        self._plans.drop(identifier)
        return found
