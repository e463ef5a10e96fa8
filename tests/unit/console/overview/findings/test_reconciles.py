"""What an operator is told of registries that were compared with what is recorded."""

import pytest

from console.overview.collector import Overview
from console.overview.findings.finding import State
from console.overview.flow import Flow
from console.overview.report import to_lines
from console.overview.seen.database import Database, Reconciled
from console.overview.snapshot import Snapshot
from console.overview.verdict import judge
from tests.unit.console.overview.seen import make_activity, make_snapshot

STILL = Flow(window=5.0)
URL = "https://registry.example"
AGAIN = f"`registry-events reconcile --registry {URL} --source lima`"


def with_runs(*reconciled: Reconciled) -> Snapshot:
    return make_snapshot(database=Database(activity=make_activity(), reconciled=reconciled))


CASES = {
    "drift is left": (
        Reconciled("lima", URL, 7_200.0, drifts=5, filled_in=2, error="dry"),
        f"left 3 tags that differ (dry), 2 h ago: {AGAIN} tries again and says more",
    ),
    "one repository failed": (
        Reconciled("lima", URL, 60.0, failures=1, error="a/b: 500"),
        f"could not look at 1 repository (a/b: 500), 1 min ago: {AGAIN} tries again and says more",
    ),
    "it ended early": (
        Reconciled("lima", URL, 60.0, error="the broker is away"),
        f"failed (the broker is away), 1 min ago: {AGAIN} tries again and says more",
    ),
    "it did not end": (
        Reconciled("lima", URL, 90_000.0, has_ended=False),
        f"began 1 d 1 h ago and did not end: {AGAIN} compares it again",
    ),
}


@pytest.mark.parametrize(("reconciled", "text"), CASES.values(), ids=CASES)
def test_what_needs_a_look(reconciled: Reconciled, text: str) -> None:
    verdict = judge(with_runs(reconciled), STILL)
    assert [one.text for one in verdict.findings] == [f"reconcile of source lima {text}"]
    assert verdict.state is State.DEGRADED


def test_what_was_filled_in_needs_no_look_and_is_a_line_for_each_source() -> None:
    snapshot = with_runs(
        Reconciled("default", URL, 120.0, repositories=5_000),
        Reconciled("lima", URL, 7_200.0, repositories=1, drifts=2, filled_in=2),
    )
    verdict = judge(snapshot, STILL)
    assert verdict.findings == []
    lines = list(to_lines(Overview(snapshot, STILL, verdict)))
    assert "reconcile   default  2 min ago, 5,000 repositories: nothing differed" in lines
    assert "reconcile   lima  2 h ago, 1 repository: 2 tags differed, 2 filled in" in lines
