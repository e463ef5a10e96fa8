"""What an operator is told of sinks that events do not reach."""

from collections.abc import Sequence

import pytest

from console.overview.collector import Overview
from console.overview.findings.finding import State
from console.overview.flow import Flow
from console.overview.report import to_lines
from console.overview.seen.database import Database
from console.overview.snapshot import Snapshot
from console.overview.verdict import judge
from shared.forward_backlog import MOST, Backlog
from tests.unit.console.overview.seen import make_activity, make_snapshot

STILL = Flow(window=5.0)


def with_backlog(*backlogs: Backlog) -> Snapshot:
    return make_snapshot(database=Database(activity=make_activity(), forwarding=backlogs))


CASES = {
    "one waits for long": (
        Backlog("snowplow", 1, 300.0),
        (
            "1 event waits to be forwarded to snowplow, the first for 5 min: see whether a forward "
            "runs, and in its log what the sink answers; nothing is lost"
        ),
    ),
    "many wait for long": (
        Backlog("cloudevents", MOST, 4_000.0),
        (
            "10,000 events or more wait to be forwarded to cloudevents, the first for 1 h 6 min: "
            "see whether a forward runs, and in its log what the sink answers; nothing is lost"
        ),
    ),
    "a refusal": (
        Backlog("snowplow", 0, None, 3, 70.0, "answered 400 Bad Request: no"),
        (
            "snowplow refused 3 events (last 1 min ago: answered 400 Bad Request: no): the table "
            "forward_refused has them; when what it says is mended, "
            "`registry-events forward --retry-refused`"
        ),
    ),
}


@pytest.mark.parametrize(("backlog", "text"), CASES.values(), ids=CASES)
def test_it_is_said_what_is_wrong_and_what_to_do(backlog: Backlog, text: str) -> None:
    verdict = judge(with_backlog(backlog), STILL)
    assert [finding.text for finding in verdict.findings] == [text]
    assert verdict.state is State.DEGRADED


def test_what_waits_for_a_moment_is_well() -> None:
    snapshot = with_backlog(Backlog("snowplow", MOST, 299.0), Backlog("cloudevents"))
    assert judge(snapshot, STILL).state is State.OK


def test_each_sink_has_a_line() -> None:
    backlogs: Sequence[Backlog] = (
        Backlog("snowplow", MOST, 4.2),
        Backlog("cloudevents", refused=2, refused_age=1.0),
    )
    snapshot = with_backlog(*backlogs)
    lines = list(to_lines(Overview(snapshot, STILL, judge(snapshot, STILL))))
    assert [line for line in lines if line.startswith("forward ")] == [
        "forward     snowplow  10,000 or more waiting, the first for 4 s",
        "forward     cloudevents  0 waiting, 2 refused",
    ]
