"""How far geo sync is, on a terminal."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from rich.console import Console
from rich.filesize import decimal
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from console.words.spoken import count
from geo.syncing import tally
from geo.syncing.report import Lines, Show


@contextmanager
def shown() -> Iterator[Show]:
    """A bar on a terminal; lines in the log elsewhere."""
    if not sys.stderr.isatty():
        yield Lines()
        return
    bar = Progress(
        TextColumn("repositories"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[beside]}"),
        console=Console(stderr=True),
    )
    with bar:
        task = bar.add_task("", total=None, beside="")

        def show(progress: tally.Progress) -> None:
            bar.update(task, completed=progress.done, total=progress.total, beside=beside(progress))

        yield show


def beside(progress: tally.Progress) -> str:
    """What stands beside the bar: blobs, bytes, how fast, and how long it takes still."""
    rate = decimal(round(progress.rate))
    told = [count(progress.blobs, "blob"), decimal(progress.bytes), f"{rate}/s"]
    if progress.remaining is not None:
        told.append(f"{timedelta(seconds=round(progress.remaining))} left")
    return ", ".join(told)
