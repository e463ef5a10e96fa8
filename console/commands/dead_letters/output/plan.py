"""What an operation would do, in words."""

import sys
from collections.abc import Iterator
from dataclasses import asdict

import click

from console.commands.dead_letters.exits import Exit
from console.commands.dead_letters.output import stdout
from console.commands.dead_letters.run import nothing_matched, say
from console.dead_letters.operations.plan import Plan
from console.dead_letters.operations.requeue import Target
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


def show_plan(made: Plan, verb: str, target: Target | None, *, dry_run: bool, output: str) -> None:
    """Exit if there is nothing to do or it is a dry run; else the plan stands on stderr."""
    if not made.matched:
        nothing_matched()
    if dry_run and output == "json":
        into = asdict(target) if target else None
        stdout.document({"dry_run": True, **made.document(), "target": into})
    if not dry_run or output == "text":
        for line in _lines(made, verb, target):
            bare = line.lstrip()
            stdout.sentence(" " * (len(line) - len(bare)), bare, err=not dry_run)
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
    stdout.Rows(_COLUMNS, err=err).add(
        [
            (cause.group, f"{count:,}", cause.reason, printable(cause.error))
            for cause, count in largest
        ]
    )
    if len(made.groups) > _GROUPS_SHOWN:
        click.echo(f"and {len(made.groups) - _GROUPS_SHOWN} more groups", err=err)
