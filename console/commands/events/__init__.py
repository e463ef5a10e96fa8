"""registry-events events: what is recorded, found."""

from typing import Final

import click

from console.commands.dead_letters.exits import EXIT_CODES
from console.commands.dead_letters.group import Group

_HERE: Final = "console.commands.events"
_PLACES: Final = {
    "search": (
        f"{_HERE}.search:search",
        "Find recorded events, the newest first by their own time.",
    ),
    "show": (
        f"{_HERE}.show:show",
        "Tell all that is known of one recorded event, and what became of it.",
    ),
}


@click.group("events", cls=Group, places=_PLACES, epilog=EXIT_CODES)
def events() -> None:
    """Find and show the events that are recorded; needs DATABASE_URL."""
