"""registry-events dead-letters discard."""

import asyncio
from pathlib import Path

import click

from console.commands.dead_letters.options.change import Asked, require_some, writes
from console.commands.dead_letters.options.selection import selectors
from console.commands.dead_letters.options.values import NEW_FILE
from console.commands.dead_letters.output.plan import show_plan
from console.commands.dead_letters.output.progress import progress
from console.commands.dead_letters.output.result import finish
from console.commands.dead_letters.run import require_terminal, run, say, settings, stopping
from console.dead_letters.operations import plan
from console.dead_letters.operations.audit import Operation, Trail
from console.dead_letters.operations.discard import discard_all
from console.dead_letters.operations.plan import Plan
from console.dead_letters.operations.run import Attended, Outcome
from console.dead_letters.queue.broker import connected
from console.dead_letters.selection import Selection
from console.words import spoken
from shared.configuration import secret
from shared.settings import Settings


@click.command()
@selectors()
@click.option("--export", type=NEW_FILE, help="Write them, unmasked, to a new file (0600) before.")
@writes
def discard(*, selection: Selection, export: Path | None, asked: Asked) -> None:
    """Remove dead letters for good."""
    require_some(selection)
    loaded = settings()
    made = run(_plan(loaded, selection))
    show_plan(made, "discard", None, dry_run=asked.dry_run, output=asked.output)
    _confirm(len(made.chosen), export, yes=asked.yes)
    work = asked.operation("discard", selection, made.matched)
    outcome, trail = run(_discard(loaded, made, work, export))
    finish(outcome, trail, work, made.skipped.total(), output=asked.output)


def _confirm(count: int, export: Path | None, *, yes: bool) -> None:
    if yes:
        return
    require_terminal()
    copy = f"a copy goes to {export} (0600, unmasked)" if export else "no copy is kept"
    these = spoken.count(count, "dead letter")
    question = f"{these} will be removed for good; {copy}. Type the number to confirm"
    if click.prompt(question, err=True).strip() != str(count):
        raise click.Abort


async def _plan(loaded: Settings, selection: Selection) -> Plan:
    async with connected(secret(loaded.amqp_url), say=say) as broker:
        return await plan.make(broker, selection)


async def _discard(
    loaded: Settings, made: Plan, work: Operation, export: Path | None
) -> tuple[Outcome, Trail]:
    stop = asyncio.Event()
    with progress("discard", len(made.chosen)) as report, stopping(stop):
        return await discard_all(loaded, made, work, export, Attended(report, say, stop))
