"""Dead letters as rows of a table."""

from collections.abc import Sequence

from console.dead_letters.letter.cause import cause
from console.dead_letters.letter.dead_letter import DeadLetter
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
