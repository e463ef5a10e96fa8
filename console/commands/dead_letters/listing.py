"""registry-events dead-letters list and tail."""

import json
from collections import deque
from collections.abc import Callable
from functools import partial

import click

from console.commands.dead_letters import printing
from console.commands.dead_letters.options import output, selectors
from console.commands.dead_letters.running import nothing_matched, run, say, settings
from console.dead_letters import reading
from console.dead_letters.grouping import cause
from console.dead_letters.selection import Selection
from console.dead_letters.view import DeadLetter
from shared.configuration import secret

_PAGE = 50


@click.command("list")
@selectors(limit=_PAGE)
@output("text", "json", "jsonl")
def list_(*, selection: Selection, output: str) -> None:
    """Show dead letters, a line each, the oldest first."""
    total, found = run(_find(secret(settings().amqp_url), selection))
    if not found:
        nothing_matched()
    if output == "json":
        printing.document([_document(dead_letter) for dead_letter in found])
    for dead_letter in found if output != "json" else ():
        _show(dead_letter, output)
    if total > len(found):
        say(f"{len(found):,} of {total:,} shown; --limit shows more")


def _show(dead_letter: DeadLetter, output: str) -> None:
    text = f"{cause(dead_letter).group}  {dead_letter.line()}"
    click.echo(json.dumps(_document(dead_letter)) if output == "jsonl" else text)


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
@click.option("-n", "count", default=20, show_default=True, help="How many of the youngest.")
@click.option("-f", "--follow", is_flag=True, help="Go on with what arrives.")
@output("text", "jsonl")
@selectors()
def tail(*, count: int, output: str, follow: bool, selection: Selection) -> None:
    """Show the youngest dead letters; what arrives is followed as copies."""
    url = secret(settings().amqp_url)
    show = partial(_show, output=output)
    try:
        run(_tail(url, count, show, selection, follow=follow))
    finally:
        if follow:
            say("0 removed: the queue is as it was")


async def _tail(
    url: str, count: int, show: Callable[[DeadLetter], None], selection: Selection, *, follow: bool
) -> None:
    # The copies start before the look, so that nothing falls between the two.
    async with reading.connected(url, say=say) as broker, reading.following(broker) as arriving:
        youngest: deque[DeadLetter] = deque(maxlen=count)
        await reading.each(broker, reading.only(selection, youngest.append))
        for dead_letter in youngest:
            show(dead_letter)
        if not follow:
            return
        shown = {dead_letter.message_id for dead_letter in youngest}
        async for dead_letter in arriving:
            if dead_letter.message_id not in shown and selection.matches(dead_letter):
                show(dead_letter)
