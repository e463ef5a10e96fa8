"""Days as a picture of its own: an SVG that can be read on a light and on a dark page. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from console.events.chart import HEIGHT, WIDTH, Chart, chart
from console.events.periods import NONE, SERIES

# Each stands out from white and from nearly black.
_COLOURS: Final = {"pushes": "#2f81f7", "creations": "#2da44e", "deletes": "#d1604d"}
_INK: Final = "#727b85"
_MARGIN: Final = 30
_LEGEND: Final = 110


def days(rows: Sequence[Mapping[str, Any]]) -> str:
    """Of rows with a `day` and figures by series, at least one, in their order."""
    known = {row["day"]: row for row in rows}
    first, last = rows[0]["day"], rows[-1]["day"]
    every = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    drawn = chart([(day.isoformat(), known.get(day, NONE)) for day in every])
    return "\n".join([*_lines(drawn), ""])


def _lines(drawn: Chart) -> Iterator[str]:
    width, height = WIDTH + 2 * _MARGIN, HEIGHT + 3 * _MARGIN
    first, last = drawn.columns[0].name, drawn.columns[-1].name
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'font-family="sans-serif" font-size="12" fill="{_INK}">'
    )
    yield f"<title>Recorded events by day, {first} to {last}</title>"
    for number, series in enumerate(SERIES):
        x = _MARGIN + number * _LEGEND
        yield f'<rect x="{x}" y="10" width="10" height="10" fill="{_COLOURS[series]}"/>'
        yield f'<text x="{x + 15}" y="19">{series}</text>'
    yield f'<text x="{width - _MARGIN}" y="19" text-anchor="end">highest {drawn.highest:,}</text>'
    yield f'<g transform="translate({_MARGIN} {_MARGIN})">'
    for column in drawn.columns:
        told = ", ".join(f"{column.figures[series]:,} {series}" for series in SERIES)
        yield f"<g><title>{column.name}: {told}</title>"
        for bar in column.bars:
            yield (
                f'<rect x="{bar.x:.1f}" y="{bar.y:.1f}" width="{bar.width:.1f}" '
                f'height="{bar.height:.1f}" fill="{_COLOURS[bar.series]}"/>'
            )
        yield "</g>"
    yield f'<path d="M0 {HEIGHT}.5H{WIDTH}" stroke="{_INK}"/>'
    yield f'<text y="{HEIGHT + 18}">{first}</text>'
    yield f'<text x="{WIDTH}" y="{HEIGHT + 18}" text-anchor="end">{last}</text>'
    yield "</g>"
    yield "</svg>"
