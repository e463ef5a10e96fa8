"""Plans that were shown, until one is confirmed or grows old."""

import secrets
import time
from typing import Final, Literal, NamedTuple

from console.dead_letters.edit import Edit
from console.dead_letters.plan import Plan

Kind = Literal["requeue", "discard", "edit"]
KINDS: Final[dict[str, Kind]] = {"requeue": "requeue", "discard": "discard"}
_PLANS: Final = 100
_PLANS_OF_A_SESSION: Final = 10
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


class _Kept(NamedTuple):
    until: float
    planned: Planned
    session: str
    size: int


class Plans:
    """The last plans that each session was shown, for a quarter of an hour."""

    def __init__(self) -> None:
        self._plans: dict[str, _Kept] = {}

    def keep(self, planned: Planned, session: str) -> str:
        """`session` only counts: those without one (no cookie) push each other's out."""
        identifier = secrets.token_urlsafe(9)
        until = time.monotonic() + _PLAN_SECONDS
        self._plans[identifier] = _Kept(until, planned, session, planned.size)
        theirs = [one for one, kept in self._plans.items() if kept.session == session]
        for one in {*theirs[:-_PLANS_OF_A_SESSION], *list(self._plans)[:-_PLANS]}:
            del self._plans[one]
        while len(self._plans) > 1 and self._size() > _LARGEST:
            del self._plans[next(iter(self._plans))]
        return identifier

    def find(self, identifier: str) -> Planned | None:
        kept = self._plans.get(identifier)
        return kept.planned if kept and time.monotonic() < kept.until else None

    def take(self, identifier: str) -> Planned | None:
        """Once: what was confirmed twice is done once."""
        found = self.find(identifier)
        self._plans.pop(identifier, None)
        return found

    def _size(self) -> int:
        return sum(kept.size for kept in self._plans.values())
