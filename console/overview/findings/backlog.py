"""Does the queue move? Whether anybody takes from it, and whether that is enough. Pure."""

from collections.abc import Iterator
from typing import Final

from console.overview.findings.finding import Finding, State
from console.overview.flow import Flow
from console.overview.snapshot import Snapshot
from console.words.spoken import age, count, duration, rate

# A shorter queue is a batch or two, whichever way it moves.
BACKLOG: Final = 1_000
# A backlog that is gone sooner is a burst.
BURST_SECONDS: Final = 60.0
# Workers take a message at once: one that stands in the queue for this long says they do not.
STUCK_SECONDS: Final = 30.0
_CHANGE: Final = (
    "start workers with this REGISTRY_EVENTS_SHARDS again, then run `registry-events shards`"
)


def queue_findings(snapshot: Snapshot, flow: Flow) -> Iterator[Finding]:
    queue = snapshot.broker.events
    if queue is None:
        return
    waiting = f"{count(queue.ready, 'event')} {'waits' if queue.ready == 1 else 'wait'}"
    if not queue.consumers and queue.ready:
        yield Finding(State.DOWN, f"nothing consumes the queue: {waiting}; start a worker")
    elif not queue.consumers:
        yield Finding(
            State.DEGRADED, "no worker is connected: the next event would wait; start a worker"
        )
    elif queue.ready and _stuck(snapshot, flow):
        yield Finding(
            State.DOWN,
            f"{waiting} and nothing was recorded for {_silence(snapshot)}, though "
            f"{count(queue.consumers, 'worker')} would take them; look at the workers' logs",
        )
    elif queue.ready >= BACKLOG:
        yield from _backlog(queue.ready, waiting, flow)


def shard_findings(snapshot: Snapshot) -> Iterator[Finding]:
    """Of the queues beside the first: that one is told of for all."""
    for queue, depth in snapshot.broker.shards.items():
        if depth is None:
            yield Finding(
                State.DEGRADED, f"{queue} does not exist, so another gets its events: {_CHANGE}"
            )
        elif not depth.consumers:
            waiting = f": {count(depth.ready, 'event')} in it" if depth.ready else ""
            yield Finding(
                State.DOWN if depth.ready else State.DEGRADED,
                f"no worker takes from {queue}{waiting}; {_CHANGE}",
            )


def is_silent(snapshot: Snapshot) -> bool:
    """Whether nothing was recorded for as long as nothing should have to wait."""
    activity = snapshot.database.activity
    if activity is None:
        return False
    return activity.recorded_age is None or activity.recorded_age >= STUCK_SECONDS


def _stuck(snapshot: Snapshot, flow: Flow) -> bool:
    # More than one look: an event that has come just now is no standstill.
    stands = flow.window > 0 and flow.growth is not None and flow.growth >= 0
    return is_silent(snapshot) and stands and flow.leaving == 0


def _silence(snapshot: Snapshot) -> str:
    activity = snapshot.database.activity
    known = activity.recorded_age if activity else None
    return "ever" if known is None else age(known)


def _backlog(ready: int, waiting: str, flow: Flow) -> Iterator[Finding]:
    seconds = flow.to_empty(ready)
    if not flow.window or flow.leaving is None:
        yield Finding(State.DEGRADED, waiting)
    elif seconds is None:
        yield Finding(
            State.DEGRADED,
            f"falling behind: {waiting}, {rate(flow.incoming)} come in and {rate(flow.leaving)} "
            "go out, so never empty at this pace; start more workers",
        )
    elif seconds > BURST_SECONDS:
        yield Finding(State.DEGRADED, f"catching up: {waiting}, empty in {duration(seconds)}")
