"""Is it working? A state, and the reasons in words. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from console.overview.flow import Flow
from console.overview.snapshot import Broker, Database, Snapshot
from console.overview.spoken import age, count, duration, rate

# A shorter queue is a batch or two, whichever way it moves.
BACKLOG: Final = 1_000
# A backlog that is gone sooner is a burst.
BURST_SECONDS: Final = 60.0
# Workers take a message at once: one that stands in the queue for this long says they do not.
STUCK_SECONDS: Final = 30.0
MIGRATE: Final = "run `registry-events migrate`"
SUMMARY: Final = "registry-events dead-letters summary"


class State(StrEnum):
    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Finding:
    state: State
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The worst state that was found; `findings` come worst first, none when all is well."""

    state: State
    headline: str
    findings: Sequence[Finding]


def judge(snapshot: Snapshot, flow: Flow) -> Verdict:
    found = [
        *_broker(snapshot.broker),
        *_database(snapshot.database),
        *_queue(snapshot, flow),
        *_services(snapshot),
        *_dead_letters(snapshot),
    ]
    severity = list(State)
    findings = sorted(found, key=lambda one: severity.index(one.state), reverse=True)
    state = findings[0].state if findings else State.OK
    return Verdict(state, _headline(state, len(findings), snapshot.database), findings)


def _headline(state: State, findings: int, database: Database) -> str:
    if state is State.DOWN:
        return "it is not working"
    needing = "1 thing needs a look" if findings == 1 else f"{findings} things need a look"
    return f"it is working: {_last_recorded(database)}" + (f"; {needing}" if findings else "")


def _last_recorded(database: Database) -> str:
    if database.activity is None or database.activity.recorded_age is None:
        return "nothing was recorded yet"
    return f"last event recorded {age(database.activity.recorded_age)} ago"


def _broker(broker: Broker) -> Iterator[Finding]:
    if broker.fault:
        yield Finding(
            State.DOWN,
            f"the broker cannot be reached, so no event comes in or goes out: {broker.fault}",
        )
        return
    if broker.events is None:
        yield Finding(
            State.DOWN, "the queue does not exist yet: start an ingest or a worker, it declares it"
        )
    if broker.events and broker.dead is None:
        yield Finding(
            State.DOWN,
            "the dead letters' queue is gone: start an ingest or a worker, it declares it again",
        )


def _database(database: Database) -> Iterator[Finding]:
    if database.fault:
        yield Finding(
            State.DOWN,
            "the database cannot be read; while it is away, events wait in the queue and none is "
            f"lost: {database.fault}",
        )
    elif database.activity is None:
        yield Finding(State.DOWN, f"the database has no tables: {MIGRATE}")
    elif database.missing:
        # Workers that run already go on; one that starts waits for them.
        missing = count(database.missing, "migration")
        verb = "is" if database.missing == 1 else "are"
        yield Finding(State.DEGRADED, f"{missing} {verb} missing: {MIGRATE}")


def _queue(snapshot: Snapshot, flow: Flow) -> Iterator[Finding]:
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
    elif _stuck(snapshot, flow):
        yield Finding(
            State.DOWN,
            f"{waiting} and nothing was recorded for {_silence(snapshot)}, though "
            f"{count(queue.consumers, 'worker')} would take them; look at the workers' logs",
        )
    elif queue.ready >= BACKLOG:
        yield from _backlog(queue.ready, waiting, flow)


def _stuck(snapshot: Snapshot, flow: Flow) -> bool:
    activity = snapshot.database.activity
    silent = activity is not None and (activity.recorded_age or STUCK_SECONDS) >= STUCK_SECONDS
    # More than one look: an event that has come just now is no standstill.
    stands = snapshot.ready > 0 and flow.window > 0 and flow.growth >= 0
    return silent and stands and flow.leaving == 0


def _silence(snapshot: Snapshot) -> str:
    activity = snapshot.database.activity
    known = activity.recorded_age if activity else None
    return "ever" if known is None else age(known)


def _backlog(ready: int, waiting: str, flow: Flow) -> Iterator[Finding]:
    seconds = flow.to_empty(ready)
    if not flow.window:
        yield Finding(State.DEGRADED, waiting)
    elif seconds is None:
        yield Finding(
            State.DEGRADED,
            f"falling behind: {waiting}, {rate(flow.incoming)} come in and {rate(flow.leaving)} "
            "go out, so never empty at this pace; start more workers",
        )
    elif seconds > BURST_SECONDS:
        yield Finding(State.DEGRADED, f"catching up: {waiting}, empty in {duration(seconds)}")


def _services(snapshot: Snapshot) -> Iterator[Finding]:
    for one in snapshot.services:
        if one.fault:
            yield Finding(State.DEGRADED, f"{one.kind} {one.url}: {one.fault}")


def _dead_letters(snapshot: Snapshot) -> Iterator[Finding]:
    dead = snapshot.broker.dead
    if dead is None or not (dead.ready or dead.consumers):
        return
    if dead.consumers:
        # What a reader has in hand is not counted.
        letters = f"at least {count(dead.ready, 'dead letter')}, which somebody is at now"
    else:
        letters = count(dead.ready, "dead letter")
    oldest = f", oldest {age(snapshot.oldest_dead)}" if snapshot.oldest_dead else ""
    yield Finding(State.DEGRADED, f"{letters}{oldest}: `{SUMMARY}`")
