from pathlib import Path

import pytest

from tests.bench.figures import OURS, Aim, Figure, Section
from tests.bench.panels import Bar, Panel, panels
from tests.bench.results import Run


def test_a_panel_a_rate_and_one_for_the_latencies() -> None:
    worker = Section(
        "worker, many events",
        [Figure("events/s", OURS, "events/s", (9,)), Figure("CPU", OURS, "µs", (5,))],
        "",
    )
    ingest = Section(
        "ingest",
        [
            Figure("64 kept: requests/s", OURS, "requests/s", (7,)),
            Figure("64 kept: requests/s", "bare", "requests/s", (8,)),
            Figure("1 kept: requests/s", OURS, "requests/s", (1,)),
        ],
        "",
        [Aim("64 kept: requests/s", "bare", ratio=0.4)],
    )
    end_to_end = Section(
        "end to end",
        [
            Figure("half load: answer p50 ms", "obvious", "ms", (2,)),
            Figure("half load: answer p50 ms", OURS, "ms", (1,)),
        ],
        "",
    )
    run = Run("a machine", {"worker": worker, "ingest": ingest, "end-to-end": end_to_end})
    assert list(panels(run)) == [
        Panel("worker, many events: events/s", [Bar("registry-events", 9, is_ours=True)]),
        Panel(
            "ingest, 64 kept: requests/s",
            [Bar("registry-events", 7, is_ours=True), Bar("bare", 8, is_ours=False)],
        ),
        Panel(
            "end to end, half load: ms",
            [
                Bar("registry-events, answer p50", 1, is_ours=True),
                Bar("obvious, answer p50", 2, is_ours=False),
            ],
        ),
    ]


def test_what_was_not_measured_has_no_panel() -> None:
    assert not list(panels(Run("a machine", {"startup": Section("startup", [], "")})))


def test_a_picture_holds_names_and_numbers_as_text(tmp_path: Path) -> None:
    picture = pytest.importorskip("tests.bench.picture", exc_type=ImportError)
    ours = Figure("events/s", OURS, "events/s", (31_234,))
    picture.draw(Run("2 cores", {"worker": Section("worker", [ours], "")}), tmp_path / "bench.svg")
    drawn = (tmp_path / "bench.svg").read_text()
    for text in ("2 cores", "worker: events/s", "registry-events", "31,234"):
        assert f">{text}<" in drawn, text
