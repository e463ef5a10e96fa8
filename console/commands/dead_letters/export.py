"""registry-events dead-letters export."""

import shutil
import sys
import tempfile
from pathlib import Path
from typing import TextIO, cast

import click

from console.commands.dead_letters.options import selectors
from console.commands.dead_letters.running import nothing_matched, run, say, settings
from console.commands.dead_letters.values import NEW_FILE
from console.dead_letters import exporting, reading
from console.dead_letters.errors import UnusableError
from console.dead_letters.selection import Selection
from console.dead_letters.view import DeadLetter
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
        count = run(_export(url, selection, target))
        if not file:
            target.seek(0)
            shutil.copyfileobj(target, sys.stdout)
    if not count:
        nothing_matched()
    say(f"{count:,} exported, 0 removed")


def _target(file: Path | None) -> TextIO:
    """Without a file a temporary one: a slow reader of our output must not hold up the look."""
    if file is None:
        return cast("TextIO", tempfile.TemporaryFile("w+", encoding="utf-8"))
    try:
        return exporting.create(file)
    except UnusableError as error:
        raise click.UsageError(str(error)) from None


async def _export(url: str, selection: Selection, target: TextIO) -> int:
    count = 0

    def write(dead_letter: DeadLetter) -> None:
        nonlocal count
        if selection.limit is None or count < selection.limit:
            count += 1
            target.write(f"{dead_letter.json()}\n")

    async with reading.connected(url, say=say) as broker:
        await reading.each(broker, reading.only(selection, write))
    target.flush()
    return count
