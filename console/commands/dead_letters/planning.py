"""What an operation would do, and what it did, in words."""

import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import NoReturn

import click

from console.commands.dead_letters import coming_back, printing
from console.commands.dead_letters.exits import Exit
from console.commands.dead_letters.running import nothing_matched, say
from console.dead_letters.operations.audit import Operation, Trail
from console.dead_letters.operations.plan import Plan
from console.dead_letters.operations.requeue import Target
from console.dead_letters.operations.returned import Returned
from console.dead_letters.operations.run import Outcome
from console.terminal.table import Column
from console.words import spoken
from shared.text import printable

_GROUPS_SHOWN = 10
_COLUMNS = (
    Column("GROUP"),
    Column("COUNT", right=True),
    Column("REASON", rank=8),
    Column("ERROR", least=30, rank=7, below=True),
)
_PAST = {
    "requeue": "requeued",
    "discard": "discarded",
    "edit": "requeued",
    "import": "imported",
}


def show(made: Plan, verb: str, target: Target | None, *, dry_run: bool, output: str) -> None:
    """Exit if there is nothing to do or it is a dry run; else the plan stands on stderr."""
    if not made.matched:
        nothing_matched()
    if dry_run and output == "json":
        into = asdict(target) if target else None
        printing.document({"dry_run": True, **made.document(), "target": into})
    if not dry_run or output == "text":
        for line in _lines(made, verb, target):
            bare = line.lstrip()
            printing.sentence(" " * (len(line) - len(bare)), bare, err=not dry_run)
        _groups(made, err=not dry_run)
    if dry_run:
        say("nothing was changed")
        sys.exit(Exit.DONE)
    if not made.chosen:
        say("nothing can be done")
        sys.exit(Exit.FAILED)


def _lines(made: Plan, verb: str, target: Target | None) -> Iterator[str]:
    where = f" -> queue {target.queue}" if target else ""
    yield f"{verb} {spoken.count(len(made.chosen), 'dead letter')}{where}"
    if target:
        consumers = spoken.count(target.consumers, "consumer")
        yield f"  {target.queue}: {consumers}, {target.ready:,} ready"
    if target and not target.consumers:
        yield "  no worker takes from it now: they will wait there"
    if target and made.doomed:
        yield f"  {made.doomed:,} would die again as they are: mend them with edit, or discard them"
    if made.requeued_before:
        yield f"  requeued before: {made.requeued_before:,}"
    for why, count in made.skipped.most_common():
        yield f"  skipped {count:,}: {why}"


def _groups(made: Plan, *, err: bool) -> None:
    largest = made.groups.most_common(_GROUPS_SHOWN)
    printing.Rows(_COLUMNS, err=err).add(
        [
            (cause.group, f"{count:,}", cause.reason, printable(cause.error))
            for cause, count in largest
        ]
    )
    if len(made.groups) > _GROUPS_SHOWN:
        click.echo(f"and {len(made.groups) - _GROUPS_SHOWN} more groups", err=err)


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
        printing.document({**told, **outcome.document(), **back})
    else:
        for line in _told(outcome, trail.number, _PAST[work.operation], skipped):
            bare = line.lstrip()
            printing.sentence(" " * (len(line) - len(bare)), bare)
        if came_back:
            coming_back.tell(came_back)
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
