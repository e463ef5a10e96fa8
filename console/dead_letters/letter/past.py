"""The deaths of an event before this one: a header that a requeue writes, a line for each."""

from collections.abc import Sequence
from datetime import UTC
from typing import Final

from console.dead_letters.letter.dead_letter import DeadLetter
from console.words import spoken, zones
from shared import credentials
from shared.text import printable

REQUEUED_AT: Final = "requeued-at"
REQUEUED_BY: Final = "requeued-by"
ORIGINAL_BODY: Final = "original-body"
_NAME_LENGTH: Final = 200

DIED_BEFORE: Final = "died-before"
_MOST: Final = 5
_ERROR: Final = 200
_LINE: Final = 300


def before(dead_letter: DeadLetter) -> Sequence[str]:
    """Safe to print, the last ones, the oldest first."""
    header = dead_letter.headers.get(DIED_BEFORE)
    lines = header.split("\n") if isinstance(header, str) and header else []
    return [printable(line, _LINE) for line in lines[-_MOST:]]


def with_this(dead_letter: DeadLetter) -> str:
    """The header of what is requeued now."""
    # Before it is cut: half of a URL does not show that it has a password.
    told = printable(credentials.masked(dead_letter.error), _ERROR)
    error = told or dead_letter.story.reason.value
    tries = spoken.count(dead_letter.story.attempts, "attempt")
    died = dead_letter.failed_at
    moment = zones.moved(died, UTC).isoformat(" ", "seconds") if died else "-"
    this = f"{moment}  {tries}  {error}"
    return "\n".join([*before(dead_letter), this][-_MOST:])


def operator_name(by: str) -> str:
    """As it stands in a header."""
    return printable(by, _NAME_LENGTH)
