"""A run as a picture that can be read on a light and on a dark page."""

from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib.figure import Figure

from tests.bench.panels import Panel, panels
from tests.bench.results import Run
from tests.bench.table import number

# Both stand out from white and from the dark of GitHub's pages (contrast above 4 with each).
_INK: Final = "#727b85"
_OURS: Final = "#2f81f7"
_OTHERS: Final = "#8b949e"
_COLUMNS: Final = 2
# Of the width of the bars, to the left of where they begin.
_TITLE: Final = -0.25
_WIDTH, _BAR, _MARGIN = 11.0, 0.27, 0.75
# Texts as texts, and the same file of the same figures.
_STYLE: Final[Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "bench",
    "font.family": "sans-serif",
    "text.color": _INK,
}


def draw(run: Run, file: Path) -> None:
    """Write an SVG: a panel for each thing that can be compared, its numbers beside the bars."""
    shown = list(panels(run))
    rows = [shown[start : start + _COLUMNS] for start in range(0, len(shown), _COLUMNS)]
    heights = [max(len(one.bars) for one in row) * _BAR + _MARGIN for row in rows]
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(_WIDTH, sum(heights) + _MARGIN), layout="constrained")
        figure.suptitle(run.machine, fontsize=9)
        grid = figure.subplots(len(rows), _COLUMNS, squeeze=False, height_ratios=heights)
        for axes in grid.flat:
            axes.set_axis_off()
        for axes_of_row, row in zip(grid, rows, strict=True):
            most = max(len(one.bars) for one in row)
            for axes, panel in zip(axes_of_row, row, strict=False):
                _draw(axes, panel, most)
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})


def _draw(axes: Any, panel: Panel, most: int) -> None:
    """`most`: of the bars of the panels in this row, which are all as thick."""
    axes.set_title(panel.title, fontsize=10, fontweight="bold", loc="left", x=_TITLE)
    places = range(len(panel.bars))
    colours = [_OURS if one.is_ours else _OTHERS for one in panel.bars]
    drawn = axes.barh(places, [one.value for one in panel.bars], height=0.7, color=colours)
    axes.bar_label(drawn, [number(one.value) for one in panel.bars], padding=4, fontsize=9)
    for place, one in zip(places, panel.bars, strict=True):
        axes.annotate(
            one.label,
            (0, place),
            xytext=(-6, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=9,
            fontweight="bold" if one.is_ours else "normal",
        )
    axes.margins(x=0.15)
    axes.set_ylim(most - 0.5, -0.5)
