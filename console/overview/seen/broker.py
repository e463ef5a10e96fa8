"""The broker as it was seen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Depth:
    """A queue's messages that no consumer has in hand, and its consumers."""

    ready: int
    consumers: int


def all_of(first: Depth, beside: Iterable[Depth | None]) -> Depth:
    """What waits in all of them; who takes from the first takes from the others too."""
    return replace(first, ready=first.ready + sum(one.ready for one in beside if one))


@dataclass(frozen=True, slots=True)
class Broker:
    """`fault` says why it cannot be looked at; a queue that does not exist is None.

    That of the pulls is there only where they are, or were, to be counted. `events` is what waits
    in all shards, and who takes from the first; `shards` are the others, by name. `lacks_stream` is
    where events are to be kept.
    """

    fault: str = ""
    version: str = ""
    events: Depth | None = None
    dead: Depth | None = None
    pulls: Depth | None = None
    shards: Mapping[str, Depth | None] = field(default_factory=dict)
    lacks_stream: bool = False


@dataclass(frozen=True, slots=True)
class LastKnown:
    """What waited, and how many dead letters there were, when the broker was seen last."""

    at: datetime
    ready: int | None = None
    dead: int | None = None
