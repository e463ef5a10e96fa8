"""What a replay would change, and what it has changed, in lines. Pure."""

from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple

from worker.replay.difference import Difference, Done

_IN_STREAM: Final = "kept events"


class Line(NamedTuple):
    label: str
    number: int
    detail: str = ""


def difference(found: Difference) -> Iterator[Line]:
    """What there is none of is left out."""
    yield Line(_IN_STREAM, found.events)
    lines = (
        Line("recorded as they should be", found.recorded),
        Line("missing", found.missing.total(), _each(found.missing)),
        Line("recorded otherwise", found.otherwise.total(), _each(found.otherwise)),
        Line("of an id that another event has", found.conflicting, "in conflicting_events"),
        Line("dropped by retention", found.expired, "they stay away"),
        Line("sent again", found.repeated),
        Line("that nobody records one by one", found.unrecorded, "as pulls and mounts"),
        Line("invalid", found.invalid, "they are dead letters"),
    )
    yield from (line for line in lines if line.number)


def done(what: Done) -> Iterator[Line]:
    yield Line("recorded", what.recorded.total(), _each(what.recorded))
    lines = (
        Line("set right", what.corrected.total(), _each(what.corrected)),
        Line("refused by the database", what.failed),
    )
    yield from (line for line in lines if line.number)


def _each(counted: Counter[str]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counted.most_common())
