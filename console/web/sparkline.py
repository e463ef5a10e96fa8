"""A series of figures as the points of an SVG polyline."""

from collections.abc import Sequence
from typing import Final

WIDTH: Final = 240
HEIGHT: Final = 36


def points(series: Sequence[float]) -> str:
    """`x,y` pairs over a box of WIDTH by HEIGHT; what never moved is a line at the bottom."""
    if not series:
        return ""
    highest = max([*series, 1.0])
    step = WIDTH / max(len(series) - 1, 1)
    heights = [HEIGHT - value * HEIGHT / highest for value in series]
    if len(heights) == 1:
        heights *= 2
        step = WIDTH
    return " ".join(f"{number * step:.1f},{y:.1f}" for number, y in enumerate(heights))
