"""Dead letters as rows of a table, or as lines of JSON."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from console.commands.dead_letters.output import stdout
from console.commands.dead_letters.run import say
from console.dead_letters.letter.cause import cause, document
from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.letter.masking import UNMASKED
from console.terminal.table import Column
from console.words.moments import Clock
from shared import credentials
from shared.origin import DEFAULT_SOURCE
from shared.text import printable


def has_sources(found: Iterable[DeadLetter]) -> bool:
    """Whether any is of another source than the default: only then there is a column for it."""
    return any(one.registry_source != DEFAULT_SOURCE for one in found)


def columns(clock: Clock, *, uncut: bool, sources: bool) -> Sequence[Column]:
    source = [Column("SOURCE", least=8, rank=6)] if sources else []
    return (
        Column("GROUP"),
        Column("ID"),
        Column("DIED" if uncut else f"DIED ({clock.zone_name})", rank=7),
        Column("REASON", rank=8),
        Column("ERROR", least=30, rank=3, below=True),
        *source,
        Column("ACTION", least=6, rank=4),
        Column("IMAGE", least=16, rank=5),
        Column("EVENT", rank=1),
    )


def cells(dead_letter: DeadLetter, clock: Clock, *, uncut: bool, sources: bool) -> Sequence[str]:
    """Safe to print, credentials masked."""
    error, action, image, event, source = (
        printable(credentials.masked(text))
        for text in (
            dead_letter.error,
            dead_letter.action,
            dead_letter.name,
            dead_letter.event_id,
            dead_letter.registry_source,
        )
    )
    whole = printable(credentials.masked(dead_letter.message_id)) or event
    moment = clock.full if uncut else clock.short
    return (
        cause(dead_letter).group,
        whole if uncut else dead_letter.handle,
        moment(dead_letter.failed_at),
        dead_letter.story.reason.value,
        error,
        *([source] if sources else []),
        action,
        image,
        event,
    )


class Shown:
    """Prints dead letters as they come and counts them; `output` is not json."""

    def __init__(self, output: str, clock: Clock) -> None:
        self.count = 0
        self._output, self._clock = output, clock
        self._uncut = stdout.cells(wide=output == "wide") is None
        self._sources = False
        self._rows = self._new_table()

    def add(self, found: Sequence[DeadLetter]) -> None:
        if self._output == "jsonl":
            self._lines(found)
        else:
            self._table_rows(found)
        self.count += len(found)

    def _new_table(self) -> stdout.Rows:
        made = columns(self._clock, uncut=self._uncut, sources=self._sources)
        return stdout.Rows(made, wide=self._uncut)

    def _table_rows(self, found: Sequence[DeadLetter]) -> None:
        if not self._sources and has_sources(found):
            # Who follows sees the first of another source under a heading of its own.
            self._sources = True
            self._rows = self._new_table()
        clock = replace(self._clock, now=datetime.now(UTC))
        self._rows.add(
            [cells(one, clock, uncut=self._uncut, sources=self._sources) for one in found]
        )

    def _lines(self, found: Sequence[DeadLetter]) -> None:
        if found and not self.count:
            say(UNMASKED)
        stdout.lines(map(document, found))
