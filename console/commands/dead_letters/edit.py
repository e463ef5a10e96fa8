"""registry-events dead-letters edit."""

import asyncio
import sys

import click

from console.commands.dead_letters.draft import Draft, edited, kept
from console.commands.dead_letters.exits import Exit
from console.commands.dead_letters.options.change import Asked, writes
from console.commands.dead_letters.options.values import FILLED
from console.commands.dead_letters.output.result import finish
from console.commands.dead_letters.run import require_terminal, run, say, settings, stopping
from console.commands.dead_letters.show import find, one
from console.dead_letters.operations.audit import Operation, Trail
from console.dead_letters.operations.edit import Edit, draft, requeue_edited
from console.dead_letters.operations.run import Attended, Outcome
from shared.configuration import secret
from shared.settings import Settings


@click.command()
@click.argument("id", type=FILLED)
@writes
def edit(*, id: str, asked: Asked) -> None:  # noqa: A002  the user's word for it
    """Mend an event, or a notification, in $EDITOR and requeue it; a header keeps the original.

    ID is an event id or a message id, or how one of them starts. Of another registry you edit what
    it sent, which becomes its events anew. The editor gets it unmasked, the difference is printed
    masked. What was typed and not requeued is kept in a file (0600).
    """
    loaded = settings()
    dead_letter = one(run(find(secret(loaded.amqp_url), id)))
    if not (asked.dry_run or asked.yes):
        require_terminal()
    before = draft(dead_letter)
    typed = Draft(dead_letter, before, before)
    with kept(typed):
        text = edited(typed, asked)
        if not text or asked.dry_run:
            say("nothing was changed" if text else "unchanged; nothing was done")
            sys.exit(Exit.DONE)
        work = asked.operation("edit", f"--id {dead_letter.message_id or id}", 1)
        outcome, trail = run(_edit(loaded, Edit(dead_letter, text), work))
        finish(outcome, trail, work, 0, output=asked.output)


async def _edit(loaded: Settings, change: Edit, work: Operation) -> tuple[Outcome, Trail]:
    stop = asyncio.Event()
    with stopping(stop):
        return await requeue_edited(loaded, change, work, Attended(say=say, stop=stop))
