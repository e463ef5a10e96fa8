from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from console.overview.collector import Overview
from console.overview.flow import Flow
from console.overview.report import to_lines
from console.overview.seen.broker import Broker, Depth
from console.overview.seen.database import Conflicts, Database
from console.overview.seen.service import SenderFault, Service
from console.overview.verdict import judge
from shared.text import printable
from tests.unit.console.overview.seen import make_activity, make_snapshot

FLOW = Flow(incoming=12_345.6, growth=12_345.6, waiting=7_136.082, window=10.0)
NAMES = st.one_of(st.integers(1, 5_000).map("x".__mul__), st.text()).map(printable)


def busy(name: str = "team/app") -> Overview:
    fault = SenderFault("token", 13, 3_420.0, 4.2, ["10.0.0.7"])
    snapshot = make_snapshot(
        broker=Broker("", "3.10.8", Depth(1_234_567_890, 1_024), Depth(98_765_432, 0)),
        database=Database(
            "", "15.18 (Debian 15.18-1)", 8, 1, make_activity(), Conflicts(3, 70.0, "1", name, name)
        ),
        services=[Service("http://ingest.example:8080", "ingest", sender_faults=[fault])],
        oldest_dead=7_136.082,
    )
    return Overview(snapshot, FLOW, judge(snapshot, FLOW))


def shown(width: int | None) -> Sequence[str]:
    return list(to_lines(busy(), width))


@given(NAMES, st.integers(40, 200))
def test_no_line_is_longer_than_the_terminal(name: str, width: int) -> None:
    for line in to_lines(busy(name), width):
        assert cell_len(line) <= width


@pytest.mark.parametrize("width", [80, 100, 200])
def test_what_is_to_be_copied_stays_on_one_line(width: int) -> None:
    lines = shown(width)
    for command in ("`registry-events dead-letters summary`", "`registry-events migrate`"):
        assert [line for line in lines if command in line]


def test_the_queues_fit_80_columns() -> None:
    table = [line for line in shown(80) if "registry.events" in line and "`" not in line]
    assert [line.split()[1] for line in table] == ["1,234,567,890", "98,765,432"]
    assert all("1 h 58 min" in line for line in table)


def test_a_service_of_several_processes_is_one_line() -> None:
    one = Service("http://w:1", "worker", version="1", events=7, events_of={"1": 3, "2": 4})
    snapshot = make_snapshot(services=[one])
    lines = to_lines(Overview(snapshot, FLOW, judge(snapshot, FLOW)), None)
    (line,) = [line for line in lines if "http://w:1" in line]
    assert line.endswith("version 1, 2 processes, 7 events, 0 dead letters")


def test_without_a_width_each_finding_is_a_line() -> None:
    findings = [line for line in shown(None) if line.startswith("! ")]
    assert len(findings) == len(busy().verdict.findings)
