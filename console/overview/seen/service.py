"""An ingest, a worker or a forward as it was seen. Ages are seconds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SenderFault:
    """Notifications with one kind of fault, and a few of the addresses that they came from."""

    kind: str
    count: int
    first_age: float
    last_age: float
    addresses: Sequence[str] = ()
    others: bool = False


@dataclass(frozen=True, slots=True)
class Subscription:
    """One that waits until it is confirmed; `url` is empty if it is not to be opened."""

    source: str
    url: str
    age: float


@dataclass(frozen=True, slots=True)
class Service:
    """One of them by its own account; `events` is what it took or settled in all.

    `events_of` is each of its processes' part, by the number; one alone has none. `in_hand` is what
    a worker has not settled yet, `batch_age` how long it is at its batch, or its slowest process.
    """

    url: str
    kind: str = "service"
    fault: str = ""
    version: str = ""
    events: float | None = None
    events_of: Mapping[str, float] = field(default_factory=dict)
    dead_lettered: float = 0
    sender_faults: Sequence[SenderFault] = ()
    subscriptions: Sequence[Subscription] = ()
    in_hand: int | None = None
    batch_age: float = 0.0
