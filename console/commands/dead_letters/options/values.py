"""Kinds of values of the dead-letters commands."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

import click

from console.dead_letters import selection
from console.errors import UnusableError
from console.words import moments
from shared.text import printable

T = TypeVar("T")


class _Parsed(click.ParamType[T]):
    """What `parse` makes of a text; its UnusableError is wrong usage."""

    def __init__(self, name: str, parse: Callable[[str], T]) -> None:
        self.name = name
        self._parse = parse

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> T:
        try:
            return self._parse(str(value))
        except UnusableError as error:
            self.fail(str(error), param, ctx)


class _NewFile(click.Path):
    """Where a file can be made, at a first look, before anybody waits or is asked for it."""

    def convert(
        self,
        value: str | os.PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Path:
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if not os.access(path.parent, os.W_OK | os.X_OK):
            self.fail(f"{printable(str(path))}: no file can be made there", param, ctx)
        if path.exists():
            self.fail(f"{printable(str(path))}: is there already", param, ctx)
        return path


def _filled(text: str) -> str:
    if not text.strip():
        raise UnusableError("it is empty")
    return text


FILLED: Final = _Parsed("text", _filled)
MOMENT: Final = _Parsed("moment", lambda text: moments.moment(text, now=datetime.now(UTC)))
ATTEMPTS: Final = _Parsed("comparison", selection.attempts)
NEW_FILE: Final = _NewFile(dir_okay=False)
