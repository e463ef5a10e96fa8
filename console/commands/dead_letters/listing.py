"""registry-events dead-letters list and tail."""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import click

from console.commands.dead_letters import printing, rows
from console.commands.dead_letters.exits import Interrupted
from console.commands.dead_letters.options import clock, output, selectors
from console.commands.dead_letters.running import nothing_matched, run, say, settings
from console.dead_letters.letter.cause import document
from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.letter.masking import UNMASKED
from console.dead_letters.operations.plan import key
from console.dead_letters.queue import arrivals, visit
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
        printing.document([document(dead_letter) for dead_letter in found])
    else:
        Shown(output, clock).add(found)
    if total > len(found):
        say(f"{len(found):,} of {total:,} shown; --limit shows more")


class Shown:
    """Prints dead letters as they come and counts them; `output` is not json."""

    def __init__(self, output: str, clock: Clock) -> None:
        self.count = 0
        self._output, self._clock = output, clock
        self._uncut = printing.cells(wide=output == "wide") is None
        self._rows = printing.Rows(rows.columns(clock, uncut=self._uncut), wide=self._uncut)

    def add(self, found: Sequence[DeadLetter]) -> None:
        if self._output == "jsonl":
            self._lines(found)
        else:
            clock = replace(self._clock, now=datetime.now(UTC))
            self._rows.add([rows.cells(one, clock, uncut=self._uncut) for one in found])
        self.count += len(found)

    def _lines(self, found: Sequence[DeadLetter]) -> None:
        if found and not self.count:
            say(UNMASKED)
        printing.lines(map(document, found))


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
@clock
@output("text", "wide", "jsonl")
@selectors(limited=False)
def tail(*, count: int, clock: Clock, output: str, follow: bool, selection: Selection) -> None:
    """Show the youngest dead letters; what arrives is followed as copies.

    As JSON whole and unmasked.
    """
    url, shown = secret(settings().amqp_url), Shown(output, clock)
    try:
        run(_tail(url, count, shown, selection, follow=follow))
    except Interrupted:
        if not follow:
            raise
        say(f"{shown.count:,} shown, 0 removed")


async def _tail(url: str, count: int, shown: Shown, selection: Selection, *, follow: bool) -> None:
    # The copies start before the look, so that nothing falls between the two.
    async with connected(url, say=say) as broker, arrivals.follow(broker) as arriving:
        youngest: deque[DeadLetter] = deque(maxlen=count)
        await visit.each(broker, visit.only(selection, youngest.append))
        shown.add(youngest)
        if not follow:
            return
        known = {key(dead_letter) for dead_letter in youngest}
        async for dead_letter in arriving:
            if key(dead_letter) not in known and selection.matches(dead_letter):
                shown.add([dead_letter])
