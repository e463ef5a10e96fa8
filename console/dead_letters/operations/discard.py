"""Removing what a plan names, for good."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.operations import audit
from console.dead_letters.operations.audit import Operation, Trail
from console.dead_letters.operations.export import NewFile
from console.dead_letters.operations.plan import Plan
from console.dead_letters.operations.run import Action, Attended, Done, Outcome
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
        outcome = await stack.enter_async_context(audit.written_down(trail, work))
        action = Action(secret(loaded.amqp_url), Discard(file), attended)
        await action.run(made.chosen, outcome)
    return outcome, trail


@dataclass(slots=True)
class Discard:
    """Removes; with a file, only what stands in it and is on the disk."""

    file: NewFile | None = None

    async def __call__(self, batch: Sequence[DeadLetter]) -> Done:
        why = ""
        if self.file:
            try:
                await asyncio.to_thread(_keep, self.file, batch)
            except OSError as error:
                why = f"no copy can be written: {error.strerror}"
        return Done([why] * len(batch), broken=why)


def _keep(file: NewFile, batch: Sequence[DeadLetter]) -> None:
    file.write("".join(f"{dead_letter.json()}\n" for dead_letter in batch))
    file.flush()
