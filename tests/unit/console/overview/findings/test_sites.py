"""What an operator is told of sites that follow the log."""

import pytest

from console.overview.collector import Overview
from console.overview.findings.finding import State
from console.overview.flow import Flow
from console.overview.report import to_lines
from console.overview.seen.database import Database
from console.overview.seen.site import Site
from console.overview.snapshot import Snapshot
from console.overview.verdict import judge
from tests.unit.console.overview.seen import make_activity, make_snapshot

STILL = Flow(window=5.0)


def with_sites(*sites: Site) -> Snapshot:
    return make_snapshot(database=Database(activity=make_activity(), sites=sites))


WRONG = {
    "late": (
        Site("lima", 1, 900.0),
        (
            "site lima is 1 change behind, the first for 15 min: see the log of its follower; "
            "nothing is lost"
        ),
    ),
    "stuck": (
        Site("lima", 40, 1_000.0, trouble="copy ended with exit code 3 at change 7"),
        (
            "site lima is 40 changes behind, the first for 16 min (copy ended with exit code 3 at "
            "change 7): see the log of its follower; nothing is lost"
        ),
    ),
    "gone": (
        Site("lima", 3, 20.0, seen_age=600.0),
        (
            "site lima was not seen for 10 min and is 3 changes behind: start its `geo follow` or "
            "`geo sync` again, or remove it with `registry-events geo sites remove lima`"
        ),
    ),
    "never there": (
        Site("lima", 3, 20.0, seen_age=700.0, never_seen=True),
        (
            "site lima was never seen and is 3 changes behind: start its `geo follow` or `geo "
            "sync` again, or remove it with `registry-events geo sites remove lima`"
        ),
    ),
    "forgotten": (
        Site("lima", 9_000, None, seen_age=1e6),
        (
            "site lima is 9,000 changes behind, and retention has dropped the first of them: a "
            "`geo sync` looks at everything then, a `geo follow` ends and says what to do"
        ),
    ),
    "failing": (
        Site("lima", pending=7, failing=2, failing_age=3_600.0),
        (
            "site lima: 2 repositories cannot be made equal, the first pending for 1 h: "
            "`registry-events geo sites show lima` tells why"
        ),
    ),
}


@pytest.mark.parametrize(("site", "text"), WRONG.values(), ids=WRONG)
def test_it_is_said_what_is_wrong_and_what_to_do(site: Site, text: str) -> None:
    verdict = judge(with_sites(Site("quito"), site), STILL)
    assert [finding.text for finding in verdict.findings] == [text]
    assert verdict.state is State.DEGRADED
    assert verdict.findings[0].page == "/sites"


WELL = {
    "at work": Site("lima", 5_000, 899.0, seen_age=599.0),
    "nothing to do and not there": Site("lima", seen_age=1e6),
    "failing for a moment": Site("lima", pending=5, failing=5, failing_age=3_599.0),
}


@pytest.mark.parametrize("site", WELL.values(), ids=WELL)
def test_what_passes_is_well(site: Site) -> None:
    assert judge(with_sites(site), STILL).state is State.OK


def test_each_site_has_a_line() -> None:
    snapshot = with_sites(
        Site("lima", 1_200, 4.2, pending=3, failing=1),
        Site("quito"),
        Site("sucre", 2, None, pending=1),
    )
    lines = list(to_lines(Overview(snapshot, STILL, judge(snapshot, STILL))))
    assert [line for line in lines if line.startswith("site ")] == [
        (
            "site        lima  1,200 changes behind, the first for 4 s, 3 repositories pending, "
            "1 failing"
        ),
        "site        quito  nothing to do",
        "site        sucre  2 changes behind, the first dropped by retention, 1 repository pending",
    ]
