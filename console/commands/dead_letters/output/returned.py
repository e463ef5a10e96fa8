"""Saying what came back of a requeue, and how to see it."""

from datetime import UTC, datetime

from console.commands.dead_letters.exits import Failed
from console.commands.dead_letters.output import stdout
from console.commands.dead_letters.run import run
from console.dead_letters.letter.story import COMMAND
from console.dead_letters.operations import returned
from console.dead_letters.operations.returned import Back, Returned, Sent
from console.dead_letters.operations.run import INTERRUPTED, Outcome
from console.dead_letters.queue.broker import connected
from console.words import spoken
from console.words.moments import Clock
from shared import credentials
from shared.configuration import secret
from shared.settings import Settings
from shared.text import printable

_SHOWN = 10
_LONGEST = 80


def look(loaded: Settings, outcome: Outcome, by: str, since: datetime) -> Returned | None:
    """Of what was sent since then; None if nothing was, or somebody wants it to end."""
    if not outcome.done or outcome.stopped == INTERRUPTED:
        return None
    sent = Sent(by, since, datetime.now(UTC))
    try:
        return run(returned.look(connected(secret(loaded.amqp_url)), sent))
    except Failed as error:
        return Returned(sent.until, unknown=error.message)


def tell(found: Returned) -> None:
    if found.unknown:
        stdout.sentence("  ", f"what came back is not known: {printable(found.unknown)}")
        return
    as_of = Clock(found.as_of).full(found.as_of)
    stdout.sentence("  ", f"{found.count or 'none'} came back so far, as of {as_of}")
    for back in found.causes[:_SHOWN]:
        cause = back.cause
        label = f"  {cause.group}  {back.count:>9,}  "
        stdout.sentence(label, f"{cause.reason}  {printable(cause.error, _LONGEST)}")
        stdout.command("    ", _shows(back))
    if len(found.causes) > _SHOWN:
        stdout.sentence("  ", f"and {spoken.count(len(found.causes) - _SHOWN, 'more group')}")


def _shows(back: Back) -> str:
    if back.count == 1 and back.example:
        return f"{COMMAND} show {printable(credentials.masked(back.example), 300)}"
    since = f" --since {back.since.isoformat()}" if back.since else ""
    return f"{COMMAND} list --group {back.cause.group}{since}"
