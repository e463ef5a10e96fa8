"""A series of figures as the points of SVG polylines."""

from collections.abc import Sequence
from typing import Final

WIDTH: Final = 240
HEIGHT: Final = 36


def lines(series: Sequence[float | None]) -> Sequence[str]:
    """`x,y` pairs over a box of WIDTH by HEIGHT; what never moved is a line at the bottom.

    What is not known is a gap between two lines.
    """
    highest = max([1.0, *(value for value in series if value is not None)])
    step = WIDTH / max(len(series) - 1, 1)
    found: list[list[tuple[float, float]]] = [[]]
    for number, value in enumerate(series):
        if value is None:
            found.append([])
        else:
            found[-1].append((number * step, HEIGHT - value * HEIGHT / highest))
    return [_line(points, step) for points in found if points]


def _line(points: Sequence[tuple[float, float]], step: float) -> str:
    if len(points) == 1:
        ((x, y),) = points
        end = min(x + step, WIDTH)
        points = [(end - step, y), (end, y)]
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
