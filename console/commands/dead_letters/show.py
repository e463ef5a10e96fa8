"""registry-events dead-letters show."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

import click

from console.commands.dead_letters.exits import Exit, Failed
from console.commands.dead_letters.options.selection import clock, output
from console.commands.dead_letters.options.values import FILLED
from console.commands.dead_letters.output import rows, stdout
from console.commands.dead_letters.run import nothing_matched, run, say, settings
from console.dead_letters.letter import masking
from console.dead_letters.letter.cause import cause
from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.letter.story import advice, tell
from console.dead_letters.queue import visit
from console.dead_letters.queue.broker import connected
from console.words.moments import Clock
from shared.configuration import secret

_MOST = 20


@click.command()
@click.argument("id", type=FILLED)
@click.option(
    "--no-mask", is_flag=True, help="The whole: addresses, user agents, actors, credentials."
)
@clock
@output("text", "wide", "json", "jsonl")
def show(*, id: str, no_mask: bool, clock: Clock, output: str) -> None:  # noqa: A002  the user's word for it
    """Tell the whole story of one dead letter.

    ID is an event id or a message id, or how one of them starts. Of the payload only what is known
    to be harmless is shown; all else in it, and credentials anywhere, are masked.
    """
    dead_letter = one(run(find(secret(settings().amqp_url), id)))
    if output in ("json", "jsonl"):
        told = document(dead_letter, mask=not no_mask)
        stdout.document(told) if output == "json" else stdout.lines([told])
        return
    width = stdout.cells(wide=output == "wide")
    for line in tell(dead_letter, clock, mask=not no_mask, width=width):
        click.echo(line)


def one(found: Sequence[DeadLetter]) -> DeadLetter:
    """The only one; exit if there are none or several, which are listed."""
    if not found:
        nothing_matched()
    if len(found) > 1:
        now = Clock(datetime.now(UTC))
        uncut = stdout.cells(err=True) is None
        sources = rows.has_sources(found)
        columns = rows.columns(now, uncut=uncut, sources=sources)
        table = stdout.Rows(columns, wide=uncut, err=True)
        table.add([rows.cells(one, now, uncut=uncut, sources=sources) for one in found])
        raise Failed("several dead letters are called so; give more of one's id", Exit.USAGE)
    return found[0]


async def find(url: str, start: str) -> Sequence[DeadLetter]:
    """Those of exactly this id, or else the first that start so."""
    exact: list[DeadLetter] = []
    starting: list[DeadLetter] = []

    def note(dead_letter: DeadLetter) -> None:
        ids = (dead_letter.event_id, dead_letter.message_id)
        if start in ids and len(exact) < _MOST:
            exact.append(dead_letter)
        elif any(name.startswith(start) for name in ids) and len(starting) < _MOST:
            starting.append(dead_letter)

    async with connected(url, say=say) as broker:
        await visit.each(broker, note)
    return exact or starting


def document(dead_letter: DeadLetter, *, mask: bool) -> dict[str, object]:
    """What `show -o json` prints."""
    shown = json.loads((masking.masked(dead_letter) if mask else dead_letter).json())
    del shown["body"]
    return {
        **shown,
        "group": cause(dead_letter).group,
        "requeues": dead_letter.requeues,
        "payload": masking.payload(dead_letter.body, mask=mask),
        "try_next": advice(dead_letter),
    }
