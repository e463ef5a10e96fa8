"""registry-events dead-letters list and tail."""

import json
from collections import deque
from dataclasses import dataclass

import click

from console.commands.dead_letters import printing
from console.commands.dead_letters.exits import Interrupted
from console.commands.dead_letters.options import output, selectors
from console.commands.dead_letters.running import nothing_matched, run, say, settings
from console.dead_letters import reading
from console.dead_letters.grouping import cause
from console.dead_letters.masking import UNMASKED
from console.dead_letters.plan import key
from console.dead_letters.selection import Selection
from console.dead_letters.view import DeadLetter
from shared.configuration import secret

_PAGE = 50


@click.command("list")
@selectors(limit=_PAGE)
@output("text", "json", "jsonl")
def list_(*, selection: Selection, output: str) -> None:
    """Show dead letters, a line each, the oldest first; as JSON whole and unmasked."""
    total, found = run(_find(secret(settings().amqp_url), selection))
    if not found:
        nothing_matched()
    if output == "json":
        say(UNMASKED)
        printing.document([_document(dead_letter) for dead_letter in found])
    shown = Shown(output)
    for dead_letter in found if output != "json" else ():
        shown.add(dead_letter)
    if total > len(found):
        say(f"{len(found):,} of {total:,} shown; --limit shows more")


@dataclass(slots=True)
class Shown:
    """Prints dead letters and counts them."""

    output: str
    count: int = 0

    def add(self, dead_letter: DeadLetter) -> None:
        if self.output == "jsonl" and not self.count:
            say(UNMASKED)
        self.count += 1
        text = f"{cause(dead_letter).group}  {dead_letter.line()}"
        click.echo(json.dumps(_document(dead_letter)) if self.output == "jsonl" else text)


def _document(dead_letter: DeadLetter) -> dict[str, object]:
    return {"group": cause(dead_letter).group, **json.loads(dead_letter.json())}


async def _find(url: str, selection: Selection) -> tuple[int, list[DeadLetter]]:
    found: list[DeadLetter] = []
    total = 0

    def visit(dead_letter: DeadLetter) -> None:
        nonlocal total
        total += 1
        if len(found) < (selection.limit or _PAGE):
            found.append(dead_letter)

    async with reading.connected(url, say=say) as broker:
        await reading.each(broker, reading.only(selection, visit))
    return total, found


@click.command()
@click.option(
    "-n",
    "count",
    type=click.IntRange(min=0),
    default=20,
    show_default=True,
    help="How many of the youngest.",
)
@click.option("-f", "--follow", is_flag=True, help="Go on with what arrives, until Ctrl-C.")
@output("text", "jsonl")
@selectors(limited=False)
def tail(*, count: int, output: str, follow: bool, selection: Selection) -> None:
    """Show the youngest dead letters; what arrives is followed as copies.

    A line each; as JSON whole and unmasked.
    """
    url, shown = secret(settings().amqp_url), Shown(output)
    try:
        run(_tail(url, count, shown, selection, follow=follow))
    except Interrupted:
        if not follow:
            raise
        say(f"{shown.count:,} shown, 0 removed")


async def _tail(url: str, count: int, shown: Shown, selection: Selection, *, follow: bool) -> None:
    # The copies start before the look, so that nothing falls between the two.
    async with reading.connected(url, say=say) as broker, reading.following(broker) as arriving:
        youngest: deque[DeadLetter] = deque(maxlen=count)
        await reading.each(broker, reading.only(selection, youngest.append))
        for dead_letter in youngest:
            shown.add(dead_letter)
        if not follow:
            return
        known = {key(dead_letter) for dead_letter in youngest}
        async for dead_letter in arriving:
            if key(dead_letter) not in known and selection.matches(dead_letter):
                shown.add(dead_letter)
