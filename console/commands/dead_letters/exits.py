"""What the exit codes of the dead-letters commands mean."""

from enum import IntEnum
from typing import Final

import click

from shared import credentials


class Exit(IntEnum):
    DONE = 0
    FAILED = 1
    USAGE = 2
    NOTHING_MATCHED = 3
    PARTLY = 4
    AWAY = 5


EXIT_CODES: Final = (
    "Exit codes: 0 done, 1 failed, 2 wrong usage or settings, 3 nothing matched, "
    "4 partly done, 5 broker or database not reached."
)


class Failed(click.ClickException):
    def __init__(self, message: str, code: Exit) -> None:
        super().__init__(credentials.masked(message))
        self.exit_code = code.value  # type: ignore[misc]  # click reads it from the instance


class Interrupted(Failed):
    """By Ctrl-C."""
