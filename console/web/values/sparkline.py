"""A series of figures as the lines of an SVG."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from markupsafe import Markup

WIDTH: Final = 240
HEIGHT: Final = 36
# Of so many samples the lowest and the highest are drawn: two to a unit cannot be told apart.
_COLUMNS: Final = WIDTH // 2

# When, in seconds of any clock, and how much; None is not known.
Sample = tuple[float, float | None]
Known = tuple[float, float]


class Chart(NamedTuple):
    """`lines`: the `x,y` pairs of each run of known samples, in a box of WIDTH by HEIGHT.

    `areas` are the same, closed at the bottom. `span` is in seconds. Of a series without a known
    sample there are no figures.
    """

    lines: Sequence[Markup] = ()
    areas: Sequence[Markup] = ()
    span: float = 0.0
    latest: float | None = None
    lowest: float | None = None
    highest: float | None = None


def chart(series: Sequence[Sample]) -> Chart:
    """The newest sample stands at the right; what never moved is a line at the bottom."""
    if len(series) == 1:
        ((at, value),) = series
        series = [(at, value), (at + 1.0, value)]
    values = [value for _, value in series if value is not None]
    if not values:
        return Chart()
    first, last = series[0][0], series[-1][0]
    across, up = WIDTH / ((last - first) or 1.0), HEIGHT / max(*values, 1.0)
    lines, areas = [], []
    for run in _runs(series):
        drawn = [((at - first) * across, HEIGHT - value * up) for at, value in _thinned(run)]
        drawn = drawn if len(drawn) > 1 else _dash(*drawn[0])
        lines.append(_points(drawn))
        bottom = HEIGHT + 1
        areas.append(_points([(drawn[0][0], bottom), *drawn, (drawn[-1][0], bottom)]))
    return Chart(lines, areas, last - first, series[-1][1], min(values), max(values))


def _runs(series: Sequence[Sample]) -> Iterator[Sequence[Known]]:
    """What is not known is a gap."""
    for is_known, samples in groupby(series, key=lambda sample: sample[1] is not None):
        if is_known:
            yield [(at, value) for at, value in samples if value is not None]


def _thinned(run: Sequence[Known]) -> Sequence[Known]:
    """As many as can be seen, no peak left out."""
    if len(run) <= WIDTH:
        return run
    size = -(-len(run) // _COLUMNS)
    drawn = {run[0], run[-1]}
    for start in range(0, len(run), size):
        column = run[start : start + size]
        drawn |= {min(column, key=_value), max(column, key=_value)}
    return sorted(drawn)


def _value(sample: Known) -> float:
    return sample[1]


def _dash(x: float, y: float) -> list[Known]:
    """A line of one point is none."""
    return [(x - 1.0, y), (x, y)] if x else [(x, y), (x + 1.0, y)]


def _points(pairs: Sequence[Known]) -> Markup:
    """Our own digits: neither escaped nor cut, as texts are."""
    return Markup(" ".join(f"{x:.1f},{y:.1f}" for x, y in pairs))  # noqa: S704
