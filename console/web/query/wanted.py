"""Which recorded events a page is about: the command line's words, in a query."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from multidict import MultiMapping

from console.events.cursor import Cursor
from console.events.wanted import Wanted
from console.web.query import given

_TEXTS: Final = ("repository", "tag", "digest", "actor", "action", "source")
_MOMENTS: Final = ("since", "until")
# Of an id of 255 characters, each of which may be written with twelve.
_LONGEST_CURSOR: Final = 5_000


def wanted(query: MultiMapping[str]) -> Wanted:
    """Raises UnusableError."""
    now = datetime.now(UTC)
    texts = {name: given.text(query, name) for name in _TEXTS}
    since, until = (given.moment(query, name, now=now) for name in _MOMENTS)
    return Wanted(**texts, since=since, until=until)


def after(query: MultiMapping[str]) -> Cursor | None:
    """Where the page before ended. Raises UnusableError."""
    word = given.text(query, "after", longest=_LONGEST_CURSOR)
    return Cursor.read(word) if word else None


def pairs(query: MultiMapping[str]) -> Sequence[tuple[str, str]]:
    """What is wanted, for links to the same."""
    return [(name, value) for name, value in fields(query).items() if value]


def fields(query: MultiMapping[str]) -> Mapping[str, str]:
    """For the form."""
    return {name: query.get(name, "").strip() for name in (*_TEXTS, *_MOMENTS)}
