"""registry-events dead-letters: look at events that could not be recorded, and deal with them."""

from typing import Final

import click

from console.commands.dead_letters.exits import EXIT_CODES
from console.commands.dead_letters.group import Group

_HERE: Final = "console.commands.dead_letters"
_PLACES: Final = {
    "discard": (f"{_HERE}.discard:discard", "Remove dead letters for good."),
    "edit": (
        f"{_HERE}.edit:edit",
        "Mend an event, or a notification, in $EDITOR and requeue it; a header keeps the original.",
    ),
    "export": (
        f"{_HERE}.export:export",
        "Write dead letters, unmasked, as lines of JSON to FILE (new, 0600) or standard output.",
    ),
    "history": (
        f"{_HERE}.history:history",
        "Show who changed dead letters, the latest first; needs DATABASE_URL.",
    ),
    "import": (
        f"{_HERE}.import_:import_",
        "Put exported dead letters back, in their order; FILE may be - for standard input.",
    ),
    "list": (
        f"{_HERE}.list:list_",
        "Show dead letters, the oldest first; as JSON whole and unmasked.",
    ),
    "requeue": (
        f"{_HERE}.requeue:requeue",
        "Send events again, to where they came from; of a notification all its events.",
    ),
    "show": (f"{_HERE}.show:show", "Tell the whole story of one dead letter."),
    "summary": (f"{_HERE}.summary:summary", "Count the dead letters by cause."),
    "tail": (
        f"{_HERE}.tail:tail",
        "Show the youngest dead letters; what arrives is followed as copies.",
    ),
}


@click.group("dead-letters", cls=Group, places=_PLACES, epilog=EXIT_CODES)
def dead_letters() -> None:
    """Look at events that could not be recorded, and deal with them.

    Looking takes nothing off the queue and keeps its order; only one command looks or changes at a
    time, others wait for it. Killed (kill -9) while it looks, everything stays in the queue, but
    perhaps in another order.
    """
