"""registry-events geo: sites that follow the log, and registries that are made equal."""

from typing import Final

import click

from console.commands.dead_letters.exits import EXIT_CODES
from console.commands.dead_letters.group import Group

_HERE: Final = "console.commands.geo"
_PLACES: Final = {
    "follow": (
        f"{_HERE}.follow:follow",
        "Hand a site's changes on, in order, as JSON lines or to a command.",
    ),
    "serve": (
        f"{_HERE}.serve:serve",
        "Give the geo log over HTTP, to sites that do not reach the database.",
    ),
    "sites": (
        f"{_HERE}.sites:sites",
        "Tell how far each site is, and what fails there.",
    ),
    "sync": (
        f"{_HERE}.sync:sync",
        "Make the repositories of a secondary registry equal to those of its primary.",
    ),
}


@click.group("geo", cls=Group, places=_PLACES, epilog=EXIT_CODES)
def geo() -> None:
    """Let sites follow what changes, and make registries equal."""
