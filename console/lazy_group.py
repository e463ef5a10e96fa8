"""A group of commands that lists, completes and suggests them without importing them."""

import gc
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

Places = Mapping[str, tuple[str, str]]


class LazyGroup(click.Group):
    """`places` has for each command where it is, as `module:attribute`, and what lists say of it.

    `commands` are outlines that have no more than that; a command is imported when it is called.
    """

    def __init__(self, name: str | None, *, places: Places, **attributes: Any) -> None:  # noqa: ANN401  click's
        self._places = {name: place for name, (place, _) in places.items()}
        outlines = {name: click.Command(name, help=text) for name, (_, text) in places.items()}
        super().__init__(name, commands=outlines, **attributes)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, _, rest = super().resolve_command(ctx, args)
        return name, self.load(name) if name else None, rest

    def load(self, name: str) -> click.Command:
        """The whole command. Raises KeyError if there is none of this name."""
        module, _, attribute = self._places[name].partition(":")
        # What is imported stays: to search it for garbage takes a tenth of a command's start.
        gc.disable()
        try:
            command: click.Command = getattr(import_module(module), attribute)
        finally:
            gc.enable()
        return command
