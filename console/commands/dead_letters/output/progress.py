"""How far a change is, on a terminal."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from console.dead_letters.operations.run import Outcome


@contextmanager
def progress(title: str, total: int) -> Iterator[Any]:
    """Something that takes outcomes and shows them, on a terminal only."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
    )
    with bar:
        task = bar.add_task(title, total=total, speed="")

        def show(outcome: Outcome) -> None:
            done = outcome.done + outcome.failed.total()
            speed = bar.tasks[0].speed
            bar.update(task, completed=done, speed=f"{speed:.0f}/s" if speed else "")

        yield show
