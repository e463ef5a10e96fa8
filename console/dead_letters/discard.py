"""Removing what a plan names, for good."""

from contextlib import AsyncExitStack
from pathlib import Path

from console.dead_letters import audit, operation
from console.dead_letters.acting import Action, Attended, Outcome
from console.dead_letters.audit import Operation, Trail
from console.dead_letters.deeds import Discard
from console.dead_letters.exporting import NewFile
from console.dead_letters.plan import Plan
from shared.configuration import secret
from shared.settings import Settings


async def discard_all(
    loaded: Settings, made: Plan, work: Operation, export: Path | None, attended: Attended
) -> tuple[Outcome, Trail]:
    """With `export` each stands in that new file before it goes.

    Raises UnusableError (the file), BusyError, BrokerAwayError.
    """
    async with AsyncExitStack() as stack:
        file = stack.enter_context(NewFile(export)) if export else None
        trail = Trail(await stack.enter_async_context(audit.database(loaded)))
        outcome = await stack.enter_async_context(operation.written_down(trail, work))
        action = Action(secret(loaded.amqp_url), Discard(file), attended)
        await action.run(made.chosen, outcome)
    return outcome, trail
