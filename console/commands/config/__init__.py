"""registry-events config: what the settings are, and whether they can be used."""

from typing import Final

import click

from console.lazy_group import LazyGroup

_PLACES: Final = {
    "check": (
        "console.commands.config.check:check",
        "List every fault of the settings at once; exit code 2 if there is one.",
    ),
    "show": (
        "console.commands.config.show:show",
        "Print every setting with its value; secrets are masked.",
    ),
}


@click.group(cls=LazyGroup, places=_PLACES)
def config() -> None:
    """Look at the settings."""
