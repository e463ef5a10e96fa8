"""registry-events dead-letters requeue."""

import asyncio
from datetime import UTC, datetime
from functools import partial

import click

from console.commands.dead_letters.options.change import Asked, require_some, writes
from console.commands.dead_letters.options.pace import paces
from console.commands.dead_letters.options.selection import selectors
from console.commands.dead_letters.output import returned
from console.commands.dead_letters.output.plan import show_plan
from console.commands.dead_letters.output.progress import progress
from console.commands.dead_letters.output.result import finish
from console.commands.dead_letters.run import confirm, run, say, settings, stopping
from console.dead_letters.operations import canary, plan
from console.dead_letters.operations.audit import Operation, Trail
from console.dead_letters.operations.messages import why_not
from console.dead_letters.operations.plan import Plan
from console.dead_letters.operations.requeue import Pace, Target, requeue_all, target
from console.dead_letters.operations.run import Attended, Outcome
from console.dead_letters.queue.broker import connected
from console.dead_letters.selection import Selection
from console.words import spoken
from shared.configuration import secret
from shared.settings import Settings


@click.command()
@selectors()
@paces
@writes
def requeue(*, selection: Selection, pace: Pace, asked: Asked) -> None:
    """Send events again, to where they came from; of a notification all its events.

    Each leaves the dead letters only when the broker has confirmed its event. Ctrl-C stops safely;
    after kill -9 some may be sent twice, which the recording counts once.
    """
    require_some(selection)
    loaded = settings(*(["database_url"] if pace.canary else []))
    made, target = run(_plan(loaded, selection, pace))
    show_plan(made, "requeue", target, dry_run=asked.dry_run, output=asked.output)
    confirm(f"requeue {spoken.count(len(made.chosen), 'dead letter')}?", yes=asked.yes)
    work = asked.operation("requeue", selection, made.matched)
    since = datetime.now(UTC)
    outcome, trail = run(_requeue(loaded, made, work, pace))
    back = returned.look(loaded, outcome, work.actor, since)
    skipped = made.skipped.total()
    finish(outcome, trail, work, skipped, output=asked.output, came_back=back)


async def _plan(loaded: Settings, selection: Selection, pace: Pace) -> tuple[Plan, Target]:
    refusal = partial(why_not, max_requeues=pace.max_requeues)
    if pace.canary:
        await canary.check(loaded)
    async with connected(secret(loaded.amqp_url), say=say) as broker:
        return await plan.make(broker, selection, refusal), await target(broker, loaded.shards)


async def _requeue(
    loaded: Settings, made: Plan, work: Operation, pace: Pace
) -> tuple[Outcome, Trail]:
    stop = asyncio.Event()
    with progress("requeue", len(made.chosen)) as report, stopping(stop):
        return await requeue_all(loaded, made, work, pace, Attended(report, say, stop))
