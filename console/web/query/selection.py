"""Which dead letters a page is about: the command line's selectors, in a query."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from multidict import MultiMapping

from console.dead_letters import selection
from console.dead_letters.selection import Selection
from console.web.query import given

_LISTS: Final = ("id", "group", "reason", "error", "repository", "source", "action")
_SINGLE: Final = ("since", "until", "attempts")


def read(query: MultiMapping[str]) -> Selection:
    """Raises UnusableError."""
    now = datetime.now(UTC)
    attempts = given.text(query, "attempts")
    return Selection(
        id=given.texts(query, "id"),
        group=given.texts(query, "group"),
        reason=given.texts(query, "reason"),
        error=given.texts(query, "error"),
        repository=given.texts(query, "repository"),
        source=given.texts(query, "source"),
        action=given.texts(query, "action"),
        since=given.moment(query, "since", now=now),
        until=given.moment(query, "until", now=now),
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
