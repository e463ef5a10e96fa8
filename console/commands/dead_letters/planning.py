"""What an operation would do, and what it did, in words."""

import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import NoReturn

import click

from console.commands.dead_letters import printing
from console.commands.dead_letters.running import Exit, nothing_matched, say, verdict
from console.dead_letters.acting import Outcome
from console.dead_letters.audit import Trail
from console.dead_letters.operation import Target
from console.dead_letters.plan import Plan
from shared.text import printable

_GROUPS_SHOWN = 10


def show(made: Plan, verb: str, target: Target | None, *, dry_run: bool, output: str) -> None:
    """Exit if there is nothing to do or it is a dry run; else the plan stands on stderr."""
    if not made.matched:
        nothing_matched()
    if dry_run and output == "json":
        into = asdict(target) if target else None
        printing.document({"dry_run": True, **made.document(), "target": into})
    for line in _lines(made, verb, target) if not dry_run or output == "text" else ():
        click.echo(line, err=not dry_run)
    if dry_run:
        say("nothing was changed")
        sys.exit(Exit.DONE)
    if not made.chosen:
        say("nothing can be done")
        sys.exit(Exit.FAILED)


def _lines(made: Plan, verb: str, target: Target | None) -> Iterator[str]:
    where = f" -> queue {target.queue}" if target else ""
    yield f"{verb} {len(made.chosen):,} dead letters{where}"
    if target:
        yield f"  {target.queue}: {target.consumers} consumers, {target.ready:,} ready"
    if target and not target.consumers:
        yield "  no worker takes from it now: they will wait there"
    if made.requeued_before:
        yield f"  requeued before: {made.requeued_before:,}"
    for why, count in made.skipped.most_common():
        yield f"  skipped {count:,}: {why}"
    for cause, count in made.groups.most_common(_GROUPS_SHOWN):
        yield f"  {cause.group}  {count:>9,}  {cause.reason}  {printable(cause.error, 80)}"
    if len(made.groups) > _GROUPS_SHOWN:
        yield f"  and {len(made.groups) - _GROUPS_SHOWN} more groups"


def finish(outcome: Outcome, trail: Trail, matched: int, skipped: int, *, output: str) -> NoReturn:
    """Print the result and exit with its code."""
    if trail.fault:
        say(f"the audit trail is in the log only: {trail.fault}")
    if output == "json":
        printing.document({"matched": matched, "skipped": skipped, **outcome.document()})
    else:
        click.echo(_told(outcome, skipped))
    sys.exit(verdict(outcome, skipped=skipped))


def _told(outcome: Outcome, skipped: int) -> str:
    lines = [
        f"done: {outcome.done:,}, failed {outcome.failed.total():,}, skipped {skipped:,}"
        + (f", gone before {outcome.missing:,}" if outcome.missing else "")
    ]
    lines += [f"  failed {count:,}: {why}" for why, count in outcome.failed.most_common()]
    if outcome.stopped:
        lines.append(f"  stopped: {printable(outcome.stopped)}; the rest is still a dead letter")
    return "\n".join(lines)
