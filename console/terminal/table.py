"""Tables: columns, rows and a width become lines. Pure; cells are safe to print already."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len, set_cell_size

GAP: Final = "  "
INDENT: Final = " " * 8
NONE: Final = "-"
# Where nothing is cut, one long cell does not push the columns of all other rows away.
_WIDEST: Final = 60
# Characters: a letter may carry some marks that need no room, but not thousands.
_PER_CELL: Final = 4


@dataclass(frozen=True, slots=True)
class Column:
    """`least`: the cells that it keeps at any rate; None is all of them: it is never cut.

    Cells are taken from the lowest `rank` first, from prose that can go `below` last. A column
    whose least has no room beside those of a higher rank is left out, or goes below the row.
    """

    name: str
    least: int | None = None
    rank: int = 9
    below: bool = False
    right: bool = False
    usual: int = 0


class Table:
    """Rows may come one after another: a column never gets narrower than it was needed."""

    def __init__(self, columns: Sequence[Column], width: int | None) -> None:
        self._columns, self._width = columns, width
        self._needed = [max(cell_len(one.name), one.usual) for one in columns]

    def heading(self, rows: Iterable[Sequence[str]] = ()) -> Sequence[str]:
        """The lines with the names of the columns, above these rows."""
        self._widen(rows)
        return list(self.lines([[one.name for one in self._columns]]))

    def lines(self, rows: Iterable[Sequence[str]]) -> Iterator[str]:
        """No line is longer than the width; a row has a second line if columns go below."""
        rows = [[cell or NONE for cell in row] for row in rows]
        self._widen(rows)
        if self._width is None:
            widths = [min(needed, _WIDEST) for needed in self._needed]
            yield from (_padded(self._columns, row, widths) for row in rows)
            return
        beside, below = self._fitted(self._width)
        for row in rows:
            yield self._line(row, beside, "")
            if below and any(row[number] != NONE for number in below):
                yield self._line(row, below, INDENT)

    def _widen(self, rows: Iterable[Sequence[str]]) -> None:
        for row in rows:
            self._needed = [
                max(needed, cell_len(cell)) for needed, cell in zip(self._needed, row, strict=True)
            ]

    def _fitted(self, width: int) -> tuple[dict[int, int], dict[int, int]]:
        """The columns that are shown with their widths: beside each other, and below these."""
        everything = range(len(self._columns))
        beside = self._chosen(everything, width)
        under = [one for one in everything if self._columns[one].below and one not in beside]
        room = width - len(INDENT)
        return self._shared(beside, width), self._shared(self._chosen(under, room), room)

    def _chosen(self, numbers: Iterable[int], width: int) -> list[int]:
        """Those whose least has room; the more important ones are asked first."""
        chosen: list[int] = []
        for number in sorted(numbers, key=lambda one: (-self._columns[one].rank, one)):
            least = sum(self._least(one) + len(GAP) for one in [*chosen, number]) - len(GAP)
            if not chosen or least <= width:
                chosen.append(number)
        return sorted(chosen)

    def _shared(self, numbers: Sequence[int], width: int) -> dict[int, int]:
        widths = {number: self._needed[number] for number in numbers}
        excess = sum(widths.values()) + len(GAP) * (len(widths) - 1) - width
        order = sorted(numbers, key=lambda one: (self._columns[one].below, self._columns[one].rank))
        for number in order:
            taken = min(max(excess, 0), widths[number] - self._least(number))
            widths[number] -= taken
            excess -= taken
        return widths

    def _least(self, number: int) -> int:
        least, needed = self._columns[number].least, self._needed[number]
        return needed if least is None else min(least, needed)

    def _line(self, row: Sequence[str], widths: dict[int, int], indent: str) -> str:
        cells = [cut(row[number], width) for number, width in widths.items()]
        shown = [self._columns[number] for number in widths]
        padded = _padded(shown, cells, list(widths.values()))
        return cut(f"{indent}{padded}", self._width or 0)


def cut(text: str, cells: int) -> str:
    """The text, or its beginning with an ellipsis, in at most so many cells."""
    most = cells * _PER_CELL
    if len(text) <= most and cell_len(text) <= cells:
        return text
    return f"{set_cell_size(text[:most], cells - 1).rstrip()}…" if cells > 0 else ""


def _padded(columns: Sequence[Column], cells: Sequence[str], widths: Sequence[int]) -> str:
    """Cells that are longer than their width are whole."""
    line = []
    for column, cell, width in zip(columns, cells, widths, strict=True):
        blanks = " " * (width - cell_len(cell))
        line.append(f"{blanks}{cell}" if column.right else f"{cell}{blanks}")
    return GAP.join(line).rstrip()
