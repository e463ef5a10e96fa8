"""registry-events dead-letters edit."""

import asyncio
import sys

import click

from console.commands.dead_letters import planning
from console.commands.dead_letters.options import Asked, writes
from console.commands.dead_letters.running import (
    Exit,
    Failed,
    confirm,
    run,
    say,
    settings,
    stopping,
)
from console.commands.dead_letters.show import find, one
from console.commands.dead_letters.values import FILLED
from console.dead_letters.acting import Attended, Outcome
from console.dead_letters.audit import Operation, Trail
from console.dead_letters.edit import Edit, compact, difference, editable, requeue_edited
from shared.configuration import secret
from shared.event import InvalidEventError
from shared.settings import Settings
from shared.text import printable


@click.command()
@click.argument("id", type=FILLED)
@writes
def edit(*, id: str, asked: Asked) -> None:  # noqa: A002  the user's word for it
    """Mend an event in $EDITOR and requeue it; a header keeps the original.

    ID is an event id or a message id, or how one of them starts.
    """
    loaded = settings()
    dead_letter = one(run(find(secret(loaded.amqp_url), id)))
    before = editable(dead_letter.body)
    after = click.edit(before, extension=".json")
    if after is None or after == before:
        say("unchanged; nothing was done")
        sys.exit(Exit.DONE)
    try:
        text = compact(after)
    except InvalidEventError as error:
        raise Failed(f"this is no event: {printable(str(error))}", Exit.FAILED) from None
    for line in difference(before, editable(text)):
        say(line)
    if asked.dry_run:
        say("nothing was changed")
        return
    confirm("requeue the edited event?", yes=asked.yes)
    work = asked.operation("edit", f"--id {dead_letter.message_id or id}", 1)
    outcome, trail = run(_edit(loaded, Edit(dead_letter, text), work))
    planning.finish(outcome, trail, 1, 0, output=asked.output)


async def _edit(loaded: Settings, change: Edit, work: Operation) -> tuple[Outcome, Trail]:
    stop = asyncio.Event()
    with stopping(stop):
        return await requeue_edited(loaded, change, work, Attended(say=say, stop=stop))
