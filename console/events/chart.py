"""Columns of stacked figures, from the bottom up, as the bars of an SVG. Pure."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from console.events.periods import SERIES, Counts

WIDTH: Final = 720
HEIGHT: Final = 160
# Of the width of a column.
_GAP: Final = 0.2


class Bar(NamedTuple):
    """In a box of WIDTH by HEIGHT, whose origin is at the top left."""

    series: str
    x: float
    y: float
    width: float
    height: float


class Column(NamedTuple):
    """`figures` are by series."""

    name: str
    figures: Counts
    bars: Sequence[Bar]


class Chart(NamedTuple):
    columns: Sequence[Column]
    highest: int


def chart(columns: Sequence[tuple[str, Counts]]) -> Chart:
    """Of names with figures by series; the highest column is as high as the box."""
    highest = max((sum(figures[series] for series in SERIES) for _, figures in columns), default=0)
    across = WIDTH / max(len(columns), 1)
    drawn = [
        Column(name, figures, list(_bars(figures, number * across, across, highest)))
        for number, (name, figures) in enumerate(columns)
    ]
    return Chart(drawn, highest)


def _bars(figures: Counts, left: float, across: float, highest: int) -> Iterator[Bar]:
    edges = [0]
    for series in SERIES:
        edges.append(edges[-1] + figures[series])
    for series, (lower, upper) in zip(SERIES, pairwise(edges), strict=True):
        if upper > lower:
            top = HEIGHT * (1 - upper / highest)
            height = HEIGHT * (upper - lower) / highest
            yield Bar(series, left + across * _GAP / 2, top, across * (1 - _GAP), height)
