import pytest

from tests.bench import table
from tests.bench.figures import OURS, Aim, Figure, Section

SECTION = Section(
    "a title that is longer than what stands below it, which is not much at all but a few numbers",
    [
        Figure("64 kept: requests/s", OURS, "requests/s", (12_000,)),
        Figure("64 kept: p50 ms", OURS, "ms", (4,), is_cost=True),
        Figure("64 kept: requests/s", "bare", "requests/s", (30_000,), note="3 were refused"),
        Figure("64 kept: p50 ms", "bare", "ms", (2,), is_cost=True),
        Figure("confirm", "broker", "ms", (0.5,), is_cost=True),
    ],
    "what it is",
    [Aim("64 kept: requests/s", "bare", ratio=0.4)],
)


def test_a_row_a_measure_and_a_column_a_contender(capsys: pytest.CaptureFixture[str]) -> None:
    table.show(SECTION)
    lines = capsys.readouterr().out.splitlines()
    assert [" ".join(line.split()) for line in lines if line.strip()] == [
        SECTION.title,
        "ours bare broker",
        "64 kept: requests/s 12,000 30,000 0.40x",
        "p50 ms 4 2 0.50x",
        "confirm 0.5",
        "aim: 64 kept: requests/s >= 0.4 x bare: 0.40x, met",
        "what it is",
        "64 kept: requests/s, bare: 3 were refused",
    ]
