"""What an operator is told, for each thing that can be wrong."""

from collections.abc import Sequence

import pytest

from console.overview.findings.finding import State
from console.overview.flow import Flow
from console.overview.seen.broker import Broker, Depth
from console.overview.seen.database import Database
from console.overview.seen.service import Service
from console.overview.snapshot import Snapshot
from console.overview.verdict import Verdict, judge
from tests.unit.console.overview.seen import make_activity, make_snapshot

STILL = Flow(window=5.0)


def texts(verdict: Verdict) -> list[str]:
    return [finding.text for finding in verdict.findings]


def test_all_is_well() -> None:
    verdict = judge(make_snapshot(), STILL)
    assert verdict == Verdict(State.OK, "it is working: last event recorded 3 s ago", [])


def test_nothing_has_come_yet() -> None:
    snapshot = make_snapshot(activity=make_activity(recorded_age=None, occurred_age=None))
    assert judge(snapshot, STILL).headline == "it is working: nothing was recorded yet"


def held_by_workers(*, for_seconds: float) -> Sequence[Service]:
    return [
        Service("http://w:1", "worker", in_hand=3, batch_age=for_seconds),
        Service("http://w:2", "worker", in_hand=2_000, batch_age=6.0),
        Service("http://w:3", "worker", in_hand=50, batch_age=0.01),
    ]


HELD = (
    "workers hold 2,003 events for {} and cannot record them: look at the workers' logs, and for "
    "locks and full disks in PostgreSQL; nothing is lost"
)

CASES = {
    "broker away": (
        make_snapshot(broker=Broker(fault="connection refused")),
        STILL,
        State.DOWN,
        "no event comes in or goes out: connection refused",
    ),
    "database away": (
        make_snapshot(database=Database(fault="no answer within 3 s")),
        STILL,
        State.DOWN,
        ("no event is recorded; they wait in the queue and none is lost: no answer within 3 s"),
    ),
    "no tables": (
        make_snapshot(database=Database(migrations=4, missing=4)),
        STILL,
        State.DOWN,
        "the database has no tables: run `registry-events migrate`",
    ),
    "a migration missing": (
        make_snapshot(database=Database("", "15", 4, 1, make_activity())),
        STILL,
        State.DEGRADED,
        "1 migration is missing: run `registry-events migrate`",
    ),
    "a clock that was never set": (
        make_snapshot(
            activity=make_activity(absurd_clocks=1_204, absurd_sources=["r-0", "r-1", "r-2", "r-3"])
        ),
        STILL,
        State.DEGRADED,
        (
            "1,204 events of the last 5 minutes have an absurd clock, more than a year behind or a "
            "day ahead: set that of registry nodes r-0, r-1, r-2 and others (NTP); until then no "
            "lag is known of its events"
        ),
    ),
    "a clock of nobody": (
        make_snapshot(activity=make_activity(absurd_clocks=1)),
        STILL,
        State.DEGRADED,
        (
            "1 event of the last 5 minutes has an absurd clock, more than a year behind or a day "
            "ahead: set that of the registry that sent it (NTP); until then no lag is known of its "
            "events"
        ),
    ),
    "no queue": (
        make_snapshot(broker=Broker()),
        STILL,
        State.DOWN,
        "the queue does not exist yet: start an ingest or a worker, it declares it",
    ),
    "no dead letters' queue": (
        make_snapshot(broker=Broker(events=Depth(0, 1))),
        STILL,
        State.DOWN,
        "the dead letters' queue is gone: start an ingest or a worker, it declares it again",
    ),
    "no worker and events wait": (
        make_snapshot(ready=1_204, workers=0),
        STILL,
        State.DOWN,
        "nothing consumes the queue: 1,204 events wait; start a worker",
    ),
    "no worker": (
        make_snapshot(workers=0),
        STILL,
        State.DEGRADED,
        "no worker is connected: the next event would wait; start a worker",
    ),
    "stuck": (
        make_snapshot(ready=1, activity=make_activity(recorded_age=300.0)),
        STILL,
        State.DOWN,
        (
            "1 event waits and nothing was recorded for 5 min, though 2 workers would take them; "
            "look at the workers' logs"
        ),
    ),
    "falling behind": (
        make_snapshot(ready=4_310),
        Flow(incoming=12, growth=7, window=5.0),
        State.DEGRADED,
        (
            "falling behind: 4,310 events wait, 12/s come in and 5.0/s go out, so never empty at "
            "this pace; start more workers"
        ),
    ),
    "catching up": (
        make_snapshot(ready=40_000),
        Flow(incoming=12, growth=-100, window=5.0),
        State.DEGRADED,
        "catching up: 40,000 events wait, empty in 6 min",
    ),
    "events held by workers": (
        make_snapshot(services=held_by_workers(for_seconds=9.8)),
        STILL,
        State.DEGRADED,
        HELD.format("9 s"),
    ),
    "events held while others are recorded": (
        make_snapshot(services=held_by_workers(for_seconds=90.0)),
        STILL,
        State.DEGRADED,
        HELD.format("1 min"),
    ),
    "events held and nothing recorded": (
        make_snapshot(
            services=held_by_workers(for_seconds=90.0), activity=make_activity(recorded_age=95.0)
        ),
        STILL,
        State.DOWN,
        HELD.format("1 min"),
    ),
    "a batch that the broker has taken back": (
        make_snapshot(services=[Service("http://w:1", "worker", in_hand=0, batch_age=31.0)]),
        STILL,
        State.DEGRADED,
        (
            "workers hold a batch for 31 s and cannot record it: look at the workers' logs, and "
            "for locks and full disks in PostgreSQL; nothing is lost"
        ),
    ),
    "a service away": (
        make_snapshot(services=[Service("http://w:1", "worker", fault="broker: away")]),
        STILL,
        State.DEGRADED,
        "worker http://w:1: broker: away",
    ),
    "dead letters": (
        make_snapshot(dead=112, oldest_dead=3 * 3600 + 700),
        STILL,
        State.DEGRADED,
        "112 dead letters, oldest 3 h 11 min: `registry-events dead-letters summary`",
    ),
    "dead letters in somebody's hands": (
        make_snapshot(broker=Broker(events=Depth(0, 1), dead=Depth(34_465, 1))),
        STILL,
        State.DEGRADED,
        (
            "at least 34,465 dead letters, which somebody is at now: "
            "`registry-events dead-letters summary`"
        ),
    ),
    "a dead letter of unknown age": (
        make_snapshot(dead=1),
        STILL,
        State.DEGRADED,
        "1 dead letter: `registry-events dead-letters summary`",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_each_fault_in_words(case: tuple[Snapshot, Flow, State, str]) -> None:
    snapshot, flow, state, text = case
    verdict = judge(snapshot, flow)
    assert texts(verdict) == [text]
    assert verdict.state is state


def test_the_worst_comes_first_and_gives_the_state() -> None:
    snapshot = make_snapshot(workers=0, ready=5, dead=2)
    verdict = judge(snapshot, STILL)
    assert (verdict.state, verdict.headline) == (State.DOWN, "it is not working")
    assert [finding.state for finding in verdict.findings] == [State.DOWN, State.DEGRADED]


def test_the_headline_counts_what_needs_a_look() -> None:
    two = judge(make_snapshot(workers=0, dead=2), STILL).headline
    assert two == "it is working: last event recorded 3 s ago; 2 things need a look"
    one = judge(make_snapshot(dead=2), STILL).headline
    assert one == "it is working: last event recorded 3 s ago; 1 thing needs a look"


HARMLESS = {
    "a burst that is gone in a minute": (
        make_snapshot(ready=5_000),
        Flow(incoming=900, growth=-100, window=5.0),
    ),
    "a batch on its way": (make_snapshot(ready=999), Flow(incoming=900, growth=90, window=5.0)),
    "batches on their way": (
        make_snapshot(services=[Service("http://w:1", "worker", in_hand=2_000, batch_age=4.9)]),
        STILL,
    ),
    "an event that has just come after a silence": (
        make_snapshot(ready=1, activity=make_activity(recorded_age=3_600.0)),
        Flow(incoming=0.1, growth=-0.1, window=5.0),
    ),
    "one look that cannot tell whether it moves": (
        make_snapshot(ready=1, activity=make_activity(recorded_age=3_600.0)),
        Flow(),
    ),
}


@pytest.mark.parametrize("case", HARMLESS.values(), ids=HARMLESS)
def test_what_needs_nobody(case: tuple[Snapshot, Flow]) -> None:
    assert judge(*case).state is State.OK


@pytest.mark.parametrize(
    ("shard", "state", "said"),
    [
        (Depth(0, 2), State.OK, ""),
        (Depth(0, 0), State.DEGRADED, "no worker takes from registry.events.1; start workers"),
        (Depth(5, 0), State.DOWN, "no worker takes from registry.events.1: 5 events in it; start"),
        (None, State.DEGRADED, "registry.events.1 does not exist, so another gets its events"),
    ],
    ids=["consumed", "not consumed", "events wait", "missing"],
)
def test_each_queue_has_to_be_consumed(shard: Depth | None, state: State, said: str) -> None:
    broker = Broker(events=Depth(5, 2), dead=Depth(0, 0), shards={"registry.events.1": shard})
    verdict = judge(make_snapshot(broker=broker), STILL)
    assert verdict.state is state
    assert "".join(texts(verdict)).startswith(said)
    assert ("registry-events shards" in "".join(texts(verdict))) == bool(said)
