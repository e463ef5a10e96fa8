"""registry-events geo: sites that follow the log, and registries that are made equal."""

from typing import Final

import click

from console.lazy_group import LazyGroup

_HERE: Final = "console.commands.geo"
_PLACES: Final = {
    "sync": (
        f"{_HERE}.sync:sync",
        "Make the repositories of a secondary registry equal to those of its primary.",
    ),
}


@click.group(cls=LazyGroup, places=_PLACES)
def geo() -> None:
    """Follow the geo log, and make registries equal."""
