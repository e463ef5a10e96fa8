"""What the user gets to read: errors of one sentence, and remarks on the way."""

from collections.abc import Callable

import click

Say = Callable[[str], None]


class LocalError(Exception):
    """A sentence (and perhaps the end of a log) that is shown as it is, without a traceback."""


def to_stderr(text: str) -> None:
    click.echo(text, err=True)
