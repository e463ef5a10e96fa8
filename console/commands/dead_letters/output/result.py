"""What an operation did, in words and as an exit code."""

import sys
from collections.abc import Iterator
from typing import NoReturn

from console.commands.dead_letters.exits import Exit
from console.commands.dead_letters.output import returned, stdout
from console.commands.dead_letters.run import say
from console.dead_letters.operations.audit import Operation, Trail
from console.dead_letters.operations.returned import Returned
from console.dead_letters.operations.run import Outcome
from shared.text import printable

_PAST = {
    "requeue": "requeued",
    "discard": "discarded",
    "edit": "requeued",
    "import": "imported",
}


def finish(
    outcome: Outcome,
    trail: Trail,
    work: Operation,
    skipped: int,
    *,
    output: str,
    came_back: Returned | None = None,
) -> NoReturn:
    """Print the result and exit with its code."""
    if trail.fault:
        say(f"the audit trail is in the log only: {trail.fault}")
    if output == "json":
        told = {"matched": work.matched, "skipped": skipped, "history": trail.number}
        back = {"came_back": came_back.document()} if came_back else {}
        stdout.document({**told, **outcome.document(), **back})
    else:
        for line in _told(outcome, trail.number, _PAST[work.operation], skipped):
            bare = line.lstrip()
            stdout.sentence(" " * (len(line) - len(bare)), bare)
        if came_back:
            returned.tell(came_back)
    sys.exit(_verdict(outcome, skipped=skipped))


def _told(outcome: Outcome, number: int | None, past: str, skipped: int) -> Iterator[str]:
    parts = [
        f"{outcome.done:,} {past}",
        f"{outcome.failed.total():,} failed",
        f"{skipped:,} skipped",
    ]
    parts += [f"{outcome.missing:,} gone before"] if outcome.missing else []
    yield f"done: {', '.join(parts)}" + (f"; history {number}" if number else "")
    for why, count in outcome.failed.most_common():
        yield f"  failed {count:,}: {why}"
    if outcome.stopped:
        yield f"  stopped: {printable(outcome.stopped)}; the rest is as it was"


def _verdict(outcome: Outcome, *, skipped: int) -> Exit:
    """What the exit code says of a change."""
    left = outcome.failed.total() + outcome.missing + skipped
    if not left and not outcome.stopped:
        return Exit.DONE
    return Exit.PARTLY if outcome.done or outcome.stopped else Exit.FAILED
