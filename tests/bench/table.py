"""The printed tables: measures are rows, contenders columns, each with what ours is beside it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from tests.bench.aims import by_contender, ratio, verdicts
from tests.bench.figures import OURS, Figure, Section

# A file is as wide as the table needs it.
_PLAIN_WIDTH: Final = 250


def show(section: Section) -> None:
    screen = console()
    screen.print(section.title, style="bold")
    screen.print(_table(section, is_plain=not screen.is_terminal))
    for line in verdicts(section):
        screen.print(f"  aim: {line}")
    for line in _notes(section):
        screen.print(line, style="dim")
    screen.print()


def new_table(*, is_plain: bool) -> Table:
    return Table(box=None if is_plain else SIMPLE)


def labels(measures: Sequence[str]) -> Iterator[str]:
    """Of measures `GROUP: NAME` one after another, the group stands in the first line only."""
    last = ""
    for measure in measures:
        group, colon, name = measure.rpartition(": ")
        yield f"  {name}" if colon and group == last else measure
        last = group


def number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def console() -> Console:
    terminal = Console()
    return terminal if terminal.is_terminal else Console(width=_PLAIN_WIDTH, highlight=False)


def _table(section: Section, *, is_plain: bool) -> Table:
    table = new_table(is_plain=is_plain)
    contenders = list(dict.fromkeys([OURS, *(one.contender for one in section.figures)]))
    measures = list(dict.fromkeys(one.measure for one in section.figures))
    table.add_column("", no_wrap=True)
    for contender in contenders:
        table.add_column(contender.replace(" + ", " +\n"), justify="right", overflow="fold")
    for measure, label in zip(measures, labels(measures), strict=True):
        figures = by_contender(section, measure)
        table.add_row(label, *(_cell(figures, contender) for contender in contenders))
    return table


def _cell(figures: Mapping[str, Figure], contender: str) -> str:
    if contender not in figures:
        return ""
    one, ours = figures[contender], figures.get(OURS)
    beside = f" {ratio(ours, one):>6.2f}x" if ours and one is not ours else ""
    return number(one.value) + beside


def _notes(section: Section) -> Iterator[str]:
    yield from section.note.splitlines()
    for one in section.figures:
        if one.note:
            yield f"{one.measure}, {one.contender}: {one.note}"
