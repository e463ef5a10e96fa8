"""The broker as it was seen."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Depth:
    """A queue's messages that no consumer has in hand, and its consumers."""

    ready: int
    consumers: int


@dataclass(frozen=True, slots=True)
class Broker:
    """`fault` says why it cannot be looked at; a queue that does not exist is None.

    That of the pulls is there only where they are, or were, to be counted.
    """

    fault: str = ""
    version: str = ""
    events: Depth | None = None
    dead: Depth | None = None
    pulls: Depth | None = None


@dataclass(frozen=True, slots=True)
class LastKnown:
    """What waited, and how many dead letters there were, when the broker was seen last."""

    at: datetime
    ready: int | None = None
    dead: int | None = None
