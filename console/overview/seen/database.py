"""The database as it was seen. Ages are seconds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from console.overview.seen.site import Site
from shared.forward_backlog import Backlog


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
class Partitions:
    """`missing` are the tables that have none for a week from now.

    `outside` are the events of the last day in the default one, 10,000 at most; the newest is
    `newest_age` seconds old. `counts` are those of each table, but for its default one.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    missing: Sequence[str] = ()
    outside: int = 0
    newest_age: float | None = None


@dataclass(frozen=True, slots=True)
class Reconciled:
    """The last comparison of a source with its registry, which ended `age` seconds ago.

    One that has not ended began then. `drifts` are the tags that differed, `failures` what could
    not be looked at.
    """

    source: str
    registry: str
    age: float
    has_ended: bool = True
    repositories: int = 0
    drifts: int = 0
    filled_in: int = 0
    failures: int = 0
    error: str = ""

    @property
    def left(self) -> int:
        return self.drifts - self.filled_in


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

    `schema` is the latest migration that is applied, `schema_expected` the latest known here.
    `forwarding` has the sinks that the settings name here, and those that have something to get.

    `is_locked`: somebody's lock keeps even readers from them, so nothing of them is known.
    """

    fault: str = ""
    version: str = ""
    migrations: int = 0
    missing: int = 0
    activity: Activity | None = None
    conflicts: Conflicts = Conflicts()
    partitions: Partitions = field(default_factory=Partitions)
    forwarding: Sequence[Backlog] = ()
    reconciled: Sequence[Reconciled] = ()
    sites: Sequence[Site] = ()
    is_locked: bool = False
    lock_holders: Sequence[LockHolder] = ()
    schema: int | None = None
    schema_expected: int | None = None
