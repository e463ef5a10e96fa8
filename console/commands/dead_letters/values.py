"""Kinds of values of the dead-letters commands."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

import click

from console.dead_letters import moments, selection
from console.dead_letters.errors import UnusableError

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


def _filled(text: str) -> str:
    if not text.strip():
        raise UnusableError("it is empty")
    return text


FILLED: Final = _Parsed("text", _filled)
MOMENT: Final = _Parsed("moment", lambda text: moments.moment(text, now=datetime.now(UTC)))
ATTEMPTS: Final = _Parsed("comparison", selection.attempts)
NEW_FILE: Final = click.Path(path_type=Path, dir_okay=False)
