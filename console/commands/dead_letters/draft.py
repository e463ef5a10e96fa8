"""An event in the operator's editor, whose text is never lost."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import click

from console.commands.dead_letters.exits import Exit, Failed
from console.commands.dead_letters.options.change import Asked
from console.commands.dead_letters.run import say
from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.operations.edit import difference, editable, mended
from console.errors import UnusableError
from shared.text import printable


@dataclass(slots=True)
class Draft:
    """`text` is what was typed last, `before` what it began with."""

    dead_letter: DeadLetter
    before: str
    text: str

    @property
    def changed(self) -> bool:
        return self.text != self.before

    def edit(self) -> None:
        """In $EDITOR."""
        self.text = click.edit(self.text, extension=".json") or self.text

    def keep(self) -> str:
        """The path of a new file, of the operator only, that has it."""
        descriptor, path = tempfile.mkstemp(prefix="registry-events-", suffix=".json")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(self.text)
        return path


@contextmanager
def kept(draft: Draft) -> Iterator[None]:
    """Whatever goes wrong in the block, what was typed is in a file then."""
    try:
        yield
    except (click.ClickException, click.Abort, SystemExit) as error:
        good = isinstance(error, SystemExit) and error.code == Exit.DONE
        if draft.changed and not good:
            say(f"what you typed is kept in {draft.keep()}")
        raise


def edited(draft: Draft, asked: Asked) -> str:
    """What `mended` makes of what the operator wants requeued; empty if they changed nothing."""
    while True:
        draft.edit()
        if not draft.changed:
            return ""
        try:
            text = mended(draft.text, draft.dead_letter)
        except UnusableError as error:
            _again(printable(str(error)))
            continue
        for line in difference(draft.before, editable(text)):
            say(line)
        if asked.dry_run or asked.yes or click.confirm("requeue the edited event?", err=True):
            return text
        _again("nothing was changed")


def _again(why: str) -> None:
    """Ask, where somebody can answer."""
    if not sys.stdin.isatty():
        raise Failed(why, Exit.FAILED)
    say(why)
    click.confirm("edit again?", abort=True, err=True)
