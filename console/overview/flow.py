"""How fast events move and how long they wait: from differences between snapshots, pure."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from console.overview.seen.broker import Broker, Depth
from console.overview.seen.service import Service
from console.overview.snapshot import Snapshot

_WINDOW: Final = 10.0
_RECORDED_OVER: Final = 10.0
# Counted for less, a slow trickle is nothing, or a flood.
_COUNTED_OVER: Final = 0.5


@dataclass(frozen=True, slots=True)
class Flow:
    """Events a second, and ages in seconds; None is not known.

    `measured`: `incoming` is what ingests counted; otherwise it is what was recorded and what the
    queues grew by. `waiting` is a bound: nothing waits longer in the queue.
    """

    incoming: float | None = 0.0
    measured: bool = False
    growth: float | None = 0.0
    dead_growth: float | None = 0.0
    recorded: float | None = 0.0
    waiting: float | None = 0.0
    window: float = 0.0

    @property
    def leaving(self) -> float | None:
        """Out of the queue: recorded, or dead-lettered on the way."""
        if self.incoming is None or self.growth is None:
            return None
        return max(self.incoming - self.growth, 0.0)

    def to_empty(self, ready: int) -> float | None:
        """Seconds until the queue is empty at this pace; None is never, or not known."""
        if not ready:
            return 0.0
        return ready / -self.growth if self.growth and self.growth < 0 else None


class History:
    """The snapshots of the last seconds, and since when the queue has not been empty."""

    def __init__(self) -> None:
        self._window: deque[Snapshot] = deque()
        self._empty_at: float | None = None
        self._dead: Depth | None = None

    def steady(self, broker: Broker) -> Broker:
        """The broker with as many dead letters as before somebody took them in hand to read.

        One look longer than that, since the broker takes a moment to put them back.
        """
        dead, before = broker.dead, self._dead
        if dead and before and (dead.consumers or before.consumers):
            dead = replace(dead, ready=max(dead.ready, before.ready))
        self._dead = dead
        return replace(broker, dead=dead)

    def add(self, snapshot: Snapshot) -> Flow:
        if snapshot.ready == 0:
            self._empty_at = snapshot.at
        if snapshot.broker.fault:
            # A broker that comes back may be another one: no differences across it.
            self._window.clear()
        else:
            self._window.append(snapshot)
        while self._window and snapshot.at - self._window[0].at > _WINDOW:
            self._window.popleft()
        since_empty = None if self._empty_at is None else snapshot.at - self._empty_at
        return _flow(self._window[0] if self._window else snapshot, snapshot, since_empty)


def _flow(first: Snapshot, last: Snapshot, since_empty: float | None) -> Flow:
    seconds = last.at - first.at
    growth = _pace(first.ready, last.ready, seconds)
    activity = last.database.activity
    recorded = activity.last_10_s / _RECORDED_OVER if activity else None
    counted = _counted(first.services, last.services)
    measured = counted is not None and seconds >= _COUNTED_OVER
    incoming: float | None = None
    if counted is not None and measured:
        incoming = counted / seconds
    elif recorded is not None and growth is not None:
        incoming = max(recorded + growth, 0.0)
    return Flow(
        incoming=incoming,
        measured=measured,
        growth=growth,
        dead_growth=_pace(first.dead, last.dead, seconds),
        recorded=recorded,
        waiting=longest_wait(last, since_empty),
        window=seconds,
    )


def _pace(first: int | None, last: int | None, seconds: float) -> float | None:
    if first is None or last is None:
        return None
    return (last - first) / seconds if seconds else 0.0


def longest_wait(snapshot: Snapshot, since_empty: float | None) -> float | None:
    """A bound on how long the oldest event has been in the queue, without taking it off.

    The queue is first in, first out: what waits came after whatever was recorded, hence after
    that occurred, if its clock is not ahead; and it came after the queue was last seen empty.
    """
    if not snapshot.ready:
        return None if snapshot.ready is None else 0.0
    activity = snapshot.database.activity
    bounds = [since_empty, activity.occurred_age if activity else None]
    known = [bound for bound in bounds if bound is not None]
    return max(min(known), 0.0) if known else None


def _counted(before: Sequence[Service], now: Sequence[Service]) -> float | None:
    """What ingests took between two looks; None unless every one that is known answered both."""
    earlier, later = _taken(before), _taken(now)
    unknown = any(one.fault for one in now if one.kind not in {"worker", "forward"})
    if not later or earlier.keys() != later.keys() or unknown:
        return None
    differences = [later[process] - earlier[process] for process in later]
    # A counter that goes back is a process that started again.
    return None if min(differences) < 0 else sum(differences)


def _taken(services: Sequence[Service]) -> Mapping[tuple[str, str], float]:
    """What each process of each ingest took."""
    return {
        (one.url, number): events
        for one in services
        if one.kind == "ingest"
        for number, events in (one.events_of or {"": one.events or 0.0}).items()
    }
