"""registry-events dead-letters export."""

import shutil
import sys
import tempfile
from pathlib import Path
from typing import TextIO, cast

import click

from console.commands.dead_letters.exits import Exit, Failed
from console.commands.dead_letters.options.selection import selectors
from console.commands.dead_letters.options.values import NEW_FILE
from console.commands.dead_letters.run import nothing_matched, run, say, settings
from console.dead_letters.letter.masking import UNMASKED
from console.dead_letters.operations.export import NewFile, export_all
from console.dead_letters.queue.broker import connected
from console.dead_letters.selection import Selection
from console.errors import UnusableError
from shared.configuration import secret


@click.command()
@click.argument("file", type=NEW_FILE, required=False)
@selectors()
def export(*, file: Path | None, selection: Selection) -> None:
    """Write dead letters, unmasked, as lines of JSON to FILE (new, 0600) or standard output.

    They stay where they are. `import` reads what this writes.
    """
    url = secret(settings().amqp_url)
    with _target(file) as target:
        try:
            count = run(_export(url, selection, target))
        except OSError as error:
            raise Failed(f"{file or 'a temporary file'}: {error.strerror}", Exit.FAILED) from None
        if not isinstance(target, NewFile):
            target.seek(0)
            shutil.copyfileobj(target, sys.stdout)
    if not count:
        nothing_matched()
    say(f"{count:,} exported, 0 removed; {UNMASKED}")


def _target(file: Path | None) -> NewFile | TextIO:
    """Without a file a temporary one: a slow reader of our output must not hold up the look."""
    if file is None:
        return cast("TextIO", tempfile.TemporaryFile("w+", encoding="utf-8"))
    try:
        return NewFile(file)
    except UnusableError as error:
        raise click.UsageError(str(error)) from None


async def _export(url: str, selection: Selection, target: NewFile | TextIO) -> int:
    async with connected(url, say=say) as broker:
        return await export_all(broker, selection, target)
