"""Dead letters as rows of a table, or as lines of JSON."""

from collections.abc import Sequence
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
from shared.text import printable


def columns(clock: Clock, *, uncut: bool) -> Sequence[Column]:
    return (
        Column("GROUP"),
        Column("ID"),
        Column("DIED" if uncut else f"DIED ({clock.zone_name})", rank=7),
        Column("REASON", rank=8),
        Column("ERROR", least=30, rank=3, below=True),
        Column("ACTION", least=6, rank=4),
        Column("IMAGE", least=16, rank=5),
        Column("EVENT", rank=1),
    )


def cells(dead_letter: DeadLetter, clock: Clock, *, uncut: bool) -> Sequence[str]:
    """Safe to print, credentials masked."""
    error, action, image, event = (
        printable(credentials.masked(text))
        for text in (dead_letter.error, dead_letter.action, dead_letter.name, dead_letter.event_id)
    )
    whole = printable(credentials.masked(dead_letter.message_id)) or event
    moment = clock.full if uncut else clock.short
    return (
        cause(dead_letter).group,
        whole if uncut else dead_letter.handle,
        moment(dead_letter.failed_at),
        dead_letter.story.reason.value,
        error,
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
        self._rows = stdout.Rows(columns(clock, uncut=self._uncut), wide=self._uncut)

    def add(self, found: Sequence[DeadLetter]) -> None:
        if self._output == "jsonl":
            self._lines(found)
        else:
            clock = replace(self._clock, now=datetime.now(UTC))
            self._rows.add([cells(one, clock, uncut=self._uncut) for one in found])
        self.count += len(found)

    def _lines(self, found: Sequence[DeadLetter]) -> None:
        if found and not self.count:
            say(UNMASKED)
        stdout.lines(map(document, found))
