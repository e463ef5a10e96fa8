"""The group of commands, whose output may go to a full disk or nowhere."""

import os
import sys

import click

from console.commands.dead_letters.exits import EXIT_CODES, Exit, Failed
from console.lazy_group import LazyGroup


class Group(LazyGroup):
    def load(self, name: str) -> click.Command:
        command = super().load(name)
        command.epilog = EXIT_CODES
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Output that is lost is said in one sentence; exit code 1."""
        if sys.stdout is None:
            raise Failed("standard output is closed", Exit.FAILED)
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except BrokenPipeError:
            # As click does it: who reads no more needs to be told nothing.
            raise
        except OSError as error:
            # Or Python would try again at its end, and say so in several lines.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise Failed(f"standard output: {error.strerror}", Exit.FAILED) from None
