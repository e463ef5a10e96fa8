"""The printed table."""

from collections.abc import Sequence

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from tests.drills.drill import Result

_PLAIN_WIDTH = 150
_COLUMNS = (
    "offered",
    "accepted",
    "stored",
    "dead",
    "lost",
    "doubled",
    "pause",
    "taking",
    "recording",
)
_LEGEND = (
    "Events offered, accepted (answered 200), stored, dead-lettered, lost, doubled. pause: the "
    "longest time without a 200 under load. taking, recording: from the end of the fault until a "
    "new notification was answered 200, and until its rows were there. Seconds."
)


def show(title: str, results: Sequence[Result]) -> None:
    terminal = Console()
    console = terminal if terminal.is_terminal else Console(width=_PLAIN_WIDTH, highlight=False)
    table = Table(box=SIMPLE if terminal.is_terminal else None, title_justify="left")
    table.add_column("drill", no_wrap=True)
    for heading in _COLUMNS:
        table.add_column(heading, justify="right")
    for result in results:
        table.add_row(*_row(result), style="red" if result.problems else "")
    console.print(title, style="bold")
    console.print(table)
    console.print(_LEGEND, style="dim")
    for result in results:
        for text in [*filter(None, [result.stage.note]), *_answers(result)]:
            console.print(f"{result.drill.name}: {text}", style="dim")
    for result in results:
        for problem in result.problems:
            console.print(f"FAILED {result.drill.name}: {problem}", style="red", markup=False)


def _row(result: Result) -> list[str]:
    count, ledger, stage = result.count, result.ledger, result.stage
    counted = (count.stored, count.dead, count.lost, count.doubled) if count else ("?",) * 4
    cells = [len(ledger.offered), len(ledger.accepted), *counted]
    seconds = [ledger.longest_pause(), stage.taking, stage.recording]
    return [
        result.drill.name,
        *(f"{cell:,}" if isinstance(cell, int) else cell for cell in cells),
        *("" if value is None else f"{value:.1f}" for value in seconds),
    ]


def _answers(result: Result) -> list[str]:
    others = {kind: n for kind, n in result.ledger.answers.items() if kind != "200"}
    copies = result.count.copies if result.count else 0
    texts = [f"other answers {others}"] if others else []
    return [*texts, f"{copies} second copies of dead letters"] if copies else texts
