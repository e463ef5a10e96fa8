"""Found events on standard output: a table as wide as the terminal, JSON or CSV."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from itertools import islice
from typing import Any

import click

from console.commands.dead_letters.output import stdout
from console.events.cursor import Cursor
from console.events.recorded import Recorded
from console.events.search import Found
from console.terminal.table import Column
from console.words import rows
from console.words.moments import Clock
from shared import credentials
from shared.text import printable


class Output(ABC):
    """Shows pages as they come, and counts what is on them."""

    def __init__(self) -> None:
        self.count = 0

    def add(self, found: Found) -> None:
        self._show(found.events)
        self.count += len(found.events)

    @abstractmethod
    def _show(self, events: Sequence[Recorded]) -> None: ...

    def close(self, end: Cursor | None) -> None:  # noqa: B027  most have nothing to do
        """`end` is where the next search goes on."""


class _Table(Output):
    def __init__(self, clock: Clock, *, wide: bool) -> None:
        super().__init__()
        self._clock = clock
        self._uncut = stdout.cells(wide=wide) is None
        self._rows = stdout.Rows(_columns(clock, uncut=self._uncut), wide=self._uncut)

    def _show(self, events: Sequence[Recorded]) -> None:
        moment = self._clock.full if self._uncut else self._clock.short
        self._rows.add([(moment(one.occurred_at), *_cells(one)) for one in events])


class _Whole(Output):
    def __init__(self) -> None:
        super().__init__()
        self._events: list[dict[str, Any]] = []

    def _show(self, events: Sequence[Recorded]) -> None:
        self._events += [one.document() for one in events]

    def close(self, end: Cursor | None) -> None:
        stdout.document({"events": self._events, "after": str(end) if end else None})


class _Lines(Output):
    """The names of the columns stand above the first page."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self._kind = kind

    def _show(self, events: Sequence[Recorded]) -> None:
        lines = rows.lines(self._kind, [one.document() for one in events])
        heading = self._kind == "csv" and self.count > 0
        for line in islice(lines, 1 if heading else 0, None):
            click.echo(line, nl=False)


def new_output(kind: str, clock: Clock) -> Output:
    if kind == "json":
        return _Whole()
    return _Table(clock, wide=kind == "wide") if kind in ("text", "wide") else _Lines(kind)


def _columns(clock: Clock, *, uncut: bool) -> Sequence[Column]:
    return (
        Column("HAPPENED" if uncut else f"HAPPENED ({clock.zone_name})", usual=16),
        Column("ACTION", rank=8, usual=17),
        Column("IMAGE", least=20, rank=6, usual=30),
        Column("ACTOR", least=8, rank=3),
        Column("SOURCE", least=7, rank=2),
        Column("DIGEST", least=19, rank=1, below=True),
        Column("EVENT", least=36, rank=5, below=True),
    )


def _cells(one: Recorded) -> Sequence[str]:
    image = f"{one.repository}:{one.tag}" if one.tag else one.repository
    texts = (image, one.actor, one.source, one.digest, one.event_id)
    return (one.action, *(printable(credentials.masked(text)) for text in texts))
