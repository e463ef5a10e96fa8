"""Which dead letters an operation is about; everything that is given must hold."""

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from fnmatch import fnmatchcase
from operator import eq, ge, gt, le, lt
from typing import Final

from console.dead_letters.letter.cause import cause
from console.dead_letters.letter.dead_letter import PREFIX, DeadLetter
from console.errors import UnusableError

_COMPARISON: Final = re.compile(r"\s*(>=|<=|==|=|>|<|)\s*(\d{1,9})\s*")
_OPERATORS: Final[dict[str, Callable[[int, int], bool]]] = {
    ">=": ge,
    "<=": le,
    ">": gt,
    "<": lt,
    "=": eq,
    "==": eq,
    "": eq,
}


@dataclass(frozen=True, slots=True)
class Attempts:
    """A number of attempts to record, compared as `text` says: `>=3`."""

    text: str
    operator: str
    number: int

    def holds(self, attempts: int) -> bool:
        return _OPERATORS[self.operator](attempts, self.number)


def attempts(text: str) -> Attempts:
    """Raises UnusableError."""
    if not (found := _COMPARISON.fullmatch(text)):
        raise UnusableError(f"{text!r} is not a comparison like '>=3'")
    return Attempts(text.strip(), found[1], int(found[2]))


@dataclass(frozen=True, slots=True)
class Selection:
    """Of several values of one selector one is enough; `limit` counts from the oldest."""

    id: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    reason: tuple[str, ...] = ()
    error: tuple[str, ...] = ()
    repository: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    action: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    attempts: Attempts | None = None
    limit: int | None = None
    all: bool = False

    @property
    def names_any(self) -> bool:
        """Whether it says anything, so that nobody changes everything by an empty one."""
        return any(getattr(self, field.name) not in ((), None, False) for field in fields(self))

    def matches(self, dead_letter: DeadLetter) -> bool:
        """Without the limit."""
        return (
            (not self.id or self._has_id(dead_letter))
            and (not self.reason or dead_letter.story.reason.value in self.reason)
            and (not self.action or dead_letter.action in self.action)
            and (not self.source or dead_letter.registry_source in self.source)
            and (not self.attempts or self.attempts.holds(dead_letter.story.attempts))
            and (not self.repository or _like(dead_letter.repository, self.repository))
            and (not self.error or _like(dead_letter.error, self.error))
            and self._in_time(dead_letter)
            and (not self.group or cause(dead_letter).group in self.group)
        )

    def __str__(self) -> str:
        """As it would be typed, for the audit trail."""
        given = []
        for field in fields(self):
            value = getattr(self, field.name)
            for one in value if isinstance(value, tuple) else (value,):
                given += _typed(field.name, one)
        return " ".join(given)

    def _has_id(self, dead_letter: DeadLetter) -> bool:
        return any(
            one in (dead_letter.event_id, dead_letter.message_id)
            or (len(one) >= PREFIX and dead_letter.message_id.startswith(one))
            for one in self.id
            # Many have no event id, and somebody else's no message id either.
            if one
        )

    def _in_time(self, dead_letter: DeadLetter) -> bool:
        if not (self.since or self.until):
            return True
        died = dead_letter.failed_at
        if died is None:
            return False
        return not ((self.since and died < self.since) or (self.until and died > self.until))


def _like(text: str, globs: tuple[str, ...]) -> bool:
    return any(fnmatchcase(text, glob) for glob in globs)


def _typed(name: str, value: object) -> list[str]:
    match value:
        case None | False:
            return []
        case True:
            return [f"--{name}"]
        case Attempts():
            return [f"--{name} '{value.text}'"]
        case datetime():
            return [f"--{name} {value.isoformat()}"]
        case _:
            return [f"--{name} {value}"]
