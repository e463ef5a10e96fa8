"""registry-events dead-letters: look at events that could not be recorded, and deal with them."""

import click

from console.commands.dead_letters.discard import discard
from console.commands.dead_letters.edit import edit
from console.commands.dead_letters.export import export
from console.commands.dead_letters.group import Group
from console.commands.dead_letters.history import history
from console.commands.dead_letters.importing import import_
from console.commands.dead_letters.listing import list_, tail
from console.commands.dead_letters.requeue import requeue
from console.commands.dead_letters.running import EXIT_CODES
from console.commands.dead_letters.show import show
from console.commands.dead_letters.summary import summary


@click.group("dead-letters", cls=Group, epilog=EXIT_CODES)
def dead_letters() -> None:
    """Look at events that could not be recorded, and deal with them.

    Looking takes nothing off the queue and keeps its order; only one command looks or changes at a
    time, others wait for it. Killed (kill -9) while it looks, everything stays in the queue, but
    perhaps in another order.
    """


for _command in (discard, edit, export, history, import_, list_, requeue, show, summary, tail):
    _command.epilog = EXIT_CODES
    dead_letters.add_command(_command)
