"""Charts, as a browser draws them."""

import pytest

from console.web.template import new_environment
from console.web.values.sparkline import Chart, Sample, chart

HOURS = [(2.0 * n, 1_000_000.0 if n == 3_333 else n % 7.0) for n in range(10_000)]


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ([5.0], "0.0,0.0 240.0,0.0"),
        ([0.0, 0.0, 0.0], "0.0,36.0 120.0,36.0 240.0,36.0"),
        ([0.0, 50.0, 100.0], "0.0,36.0 120.0,18.0 240.0,0.0"),
    ],
    ids=["one", "still", "rising"],
)
def test_a_series_fills_its_box(values: list[float], line: str) -> None:
    series = [(100.0 + 2 * number, value) for number, value in enumerate(values)]
    assert chart(series).lines == [line]


def test_nothing_known_is_nothing_drawn() -> None:
    assert chart([]) == chart([(1.0, None), (2.0, None)]) == Chart()


def test_what_is_not_known_is_a_gap() -> None:
    series: list[Sample] = [(0.0, 4.0), (1.0, 4.0), (2.0, None), (3.0, 4.0), (4.0, None)]
    seen = chart(series)
    assert seen.lines == ["0.0,0.0 60.0,0.0", "179.0,0.0 180.0,0.0"]
    assert seen.areas[0] == "0.0,37.0 0.0,0.0 60.0,0.0 60.0,37.0"
    assert (seen.latest, seen.lowest, seen.highest) == (None, 4.0, 4.0)


def test_hours_are_drawn_with_their_peaks() -> None:
    seen = chart(HOURS)
    (line,) = seen.lines
    points = [tuple(map(float, pair.split(","))) for pair in line.split()]
    assert len(points) <= 300
    assert points == sorted(points, key=lambda point: point[0])
    assert [round(x) for x, y in points if y == 0] == [80]
    assert (points[0][0], points[-1][0]) == (0.0, 240.0)
    assert (seen.span, seen.latest, seen.highest) == (19_998.0, 3.0, 1_000_000.0)


def test_a_chart_is_whole_on_its_page() -> None:
    template = new_environment().from_string('<polyline points="{{ chart.lines[0] }}"/>')
    shown = template.render(chart=chart(HOURS))
    assert shown == f'<polyline points="{chart(HOURS).lines[0]}"/>'
    assert len(shown) > 2_000
