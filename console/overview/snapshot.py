"""What the collectors saw at one moment. Ages and durations are seconds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from console.overview.last_known import LastKnown
from console.overview.sender_fault import SenderFault


@dataclass(frozen=True, slots=True)
class Depth:
    """A queue's messages that no consumer has in hand, and its consumers."""

    ready: int
    consumers: int


@dataclass(frozen=True, slots=True)
class Broker:
    """`fault` says why it cannot be looked at; a queue that does not exist is None."""

    fault: str = ""
    version: str = ""
    events: Depth | None = None
    dead: Depth | None = None


@dataclass(frozen=True, slots=True)
class Activity:
    """What stands in the tables.

    Lags, and the events with an absurd clock that have none, are those of the last five minutes, of
    the newest 10,000 rows at most. `occurred_age` is by events whose clock is not ahead.
    """

    last_10_s: int = 0
    last_60_s: int = 0
    recorded_age: float | None = None
    occurred_age: float | None = None
    lag_p50: float | None = None
    lag_p99: float | None = None
    absurd_clocks: int = 0
    absurd_sources: Sequence[str] = ()
    geo_head: int | None = None

    @property
    def last_event_age(self) -> float | None:
        """By its own clock, or by ours, when it came."""
        return self.recorded_age if self.occurred_age is None else self.occurred_age


@dataclass(frozen=True, slots=True)
class Conflicts:
    """Events of the last day under ids that are recorded otherwise, 10,000 at most; the newest."""

    count: int = 0
    newest_age: float = 0.0
    event_id: str = ""
    repository: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class LockHolder:
    """A session whose transaction keeps `waiting` sessions of ours; pid 0 is a prepared one.

    What the console's user may not see of it is empty, or None.
    """

    pid: int
    application: str = ""
    user: str = ""
    state: str = ""
    transaction_age: float | None = None
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Database:
    """`fault` says why it cannot be read; without the tables there is no activity.

    `is_locked`: somebody's lock keeps even readers from them, so nothing of them is known.
    """

    fault: str = ""
    version: str = ""
    migrations: int = 0
    missing: int = 0
    activity: Activity | None = None
    conflicts: Conflicts = Conflicts()
    is_locked: bool = False
    lock_holders: Sequence[LockHolder] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """An ingest or a worker by its own account; `events` is what it took or settled in all.

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
    in_hand: int | None = None
    batch_age: float = 0.0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`at` is a monotonic clock's; `oldest_dead` None: there is none, or it is not known.

    `broker_known` and `database_known` are of the last looks that saw them, if there were any.
    """

    taken: datetime
    at: float
    broker: Broker
    database: Database
    services: Sequence[Service] = ()
    oldest_dead: float | None = None
    broker_known: LastKnown | None = None
    database_known: datetime | None = None

    @property
    def ready(self) -> int | None:
        return self.broker.events.ready if self.broker.events else None

    @property
    def in_hand(self) -> int | None:
        """Of the workers that are known by their addresses; None if there are none."""
        known = [one.in_hand for one in self.services if one.in_hand is not None]
        return sum(known) if known else None

    @property
    def dead(self) -> int | None:
        """None: not known."""
        return self.broker.dead.ready if self.broker.dead else None
