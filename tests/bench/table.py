"""The printed table."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

_PLAIN_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Row:
    """One measure; `ratio` compares ours with the yardstick so that more is better."""

    measure: str
    ours: str = ""
    yardstick: str = ""
    ratio: str = ""
    aim: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    yardstick: str
    rows: Sequence[Row]
    note: str


def compared(
    measure: str, ours: float, yardstick: float, *, is_cost: bool = False, aim: str = ""
) -> Row:
    ratio = yardstick / ours if is_cost else ours / yardstick
    return Row(measure, _number(ours), _number(yardstick), f"{ratio:.2f}x", aim)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def show(title: str, sections: Sequence[Section], remark: str) -> None:
    terminal = Console()
    console = terminal if terminal.is_terminal else Console(width=_PLAIN_WIDTH, highlight=False)
    table = Table(box=SIMPLE if terminal.is_terminal else None, title_justify="left")
    table.add_column("measure", no_wrap=True)
    for heading in ("registry-events", "yardstick", "ratio", "aim"):
        table.add_column(heading, justify="right")
    for section in sections:
        table.add_row(section.title, "", section.yardstick, style="bold")
        for row in section.rows:
            table.add_row(f"  {row.measure}", row.ours, row.yardstick, row.ratio, row.aim)
        table.add_section()
    console.print(title, style="bold")
    console.print(table)
    for text in [*(section.note for section in sections), remark]:
        console.print(text, style="dim")
