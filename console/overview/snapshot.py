"""What the collectors saw at one moment. Ages and durations are seconds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from console.overview.seen.broker import Broker, LastKnown
from console.overview.seen.database import Database
from console.overview.seen.service import Service


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
