"""registry-events dead-letters list."""

import click

from console.commands.dead_letters.options.selection import clock, output, selectors
from console.commands.dead_letters.output import stdout
from console.commands.dead_letters.output.rows import Shown
from console.commands.dead_letters.run import nothing_matched, run, say, settings
from console.dead_letters.letter.cause import document
from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.letter.masking import UNMASKED
from console.dead_letters.queue import visit
from console.dead_letters.queue.broker import connected
from console.dead_letters.selection import Selection
from console.words.moments import Clock
from shared.configuration import secret

_PAGE = 50


@click.command("list")
@selectors(limit=_PAGE)
@clock
@output("text", "wide", "json", "jsonl")
def list_(*, selection: Selection, clock: Clock, output: str) -> None:
    """Show dead letters, the oldest first; as JSON whole and unmasked."""
    total, found = run(_find(secret(settings().amqp_url), selection))
    if not found:
        nothing_matched()
    if output == "json":
        say(UNMASKED)
        stdout.document([document(dead_letter) for dead_letter in found])
    else:
        Shown(output, clock).add(found)
    if total > len(found):
        say(f"{len(found):,} of {total:,} shown; --limit shows more")


async def _find(url: str, selection: Selection) -> tuple[int, list[DeadLetter]]:
    found: list[DeadLetter] = []
    total = 0

    def note(dead_letter: DeadLetter) -> None:
        nonlocal total
        total += 1
        if len(found) < (selection.limit or _PAGE):
            found.append(dead_letter)

    async with connected(url, say=say) as broker:
        await visit.each(broker, visit.only(selection, note))
    return total, found
