"""Which dead letters a page is about: the command line's selectors, in a query."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from multidict import MultiMapping

from console.dead_letters import moments, selection
from console.dead_letters.errors import UnusableError
from console.dead_letters.selection import Selection

_LISTS: Final = ("id", "group", "reason", "error", "repository", "action")
_SINGLE: Final = ("since", "until", "attempts")
_LONGEST: Final = 300
_MOST: Final = 500


def read(query: MultiMapping[str]) -> Selection:
    """Raises UnusableError."""
    now = datetime.now(UTC)
    since, until, attempts = (query.get(name, "").strip() for name in _SINGLE)
    return Selection(
        id=_values(query, "id"),
        group=_values(query, "group"),
        reason=_values(query, "reason"),
        error=_values(query, "error"),
        repository=_values(query, "repository"),
        action=_values(query, "action"),
        since=moments.moment(since, now=now) if since else None,
        until=moments.moment(until, now=now) if until else None,
        attempts=selection.attempts(attempts) if attempts else None,
        all=query.get("all", "") == "1",
    )


def pairs(query: MultiMapping[str]) -> Sequence[tuple[str, str]]:
    """What selects in a query, for links to other pages about the same."""
    return [
        (name, value.strip())
        for name in (*_LISTS, *_SINGLE, "all")
        for value in query.getall(name, ())
        if value.strip()
    ]


def fields(query: MultiMapping[str]) -> Mapping[str, str]:
    """The first value of each selector, for the form."""
    return {name: query.get(name, "").strip() for name in (*_LISTS, *_SINGLE)}


def _values(query: MultiMapping[str], name: str) -> tuple[str, ...]:
    values = tuple(value.strip() for value in query.getall(name, ()) if value.strip())
    if len(values) > _MOST or any(len(value) > _LONGEST for value in values):
        raise UnusableError(f"{name}: too much is given")
    return values
