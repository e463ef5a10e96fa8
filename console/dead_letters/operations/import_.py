"""Putting exported dead letters back: checked first, all of them, then published in their order."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from console.dead_letters.letter import exported
from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.operations import audit
from console.dead_letters.operations.audit import Operation, Trail
from console.dead_letters.operations.publish import publish_groups, publishing_channel, wanted
from console.dead_letters.operations.run import INTERRUPTED, Attended, Outcome
from console.dead_letters.queue.broker import connected
from console.errors import UnusableError
from shared.amqp.message import Message
from shared.configuration import secret
from shared.settings import Settings
from shared.text import printable

_BATCH: Final = 500
_FAULTS: Final = 20


@dataclass(slots=True)
class Checked:
    """How many lines are dead letters, and what is wrong with the first others."""

    count: int = 0
    faults: list[str] = field(default_factory=list)


def read(path: Path) -> Iterator[tuple[int, str]]:
    """The lines that are not empty, with their numbers. Raises UnusableError."""
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield number, line
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "is not UTF-8"
        raise UnusableError(f"{printable(str(path))}: {why}") from None


def check(path: Path, refusal: Callable[[DeadLetter], str]) -> Checked:
    """Raises UnusableError if the file cannot be read."""
    checked = Checked()
    for number, line in read(path):
        try:
            why = refusal(exported.parse(line))
        except UnusableError as error:
            why = str(error)
        if not why:
            checked.count += 1
        elif len(checked.faults) < _FAULTS:
            checked.faults.append(f"line {number}: {why}")
    return checked


async def import_all(
    loaded: Settings,
    path: Path,
    messages: Callable[[DeadLetter], list[Message]],
    work: Operation,
    attended: Attended,
) -> tuple[Outcome, Trail]:
    """Publish each line's `messages`. Raises BrokerAwayError, UnusableError."""
    async with AsyncExitStack() as stack:
        trail = Trail(await stack.enter_async_context(audit.database(loaded)))
        broker = await stack.enter_async_context(
            connected(secret(loaded.amqp_url), wanted=wanted(loaded))
        )
        channel = await publishing_channel(broker)
        outcome = await stack.enter_async_context(audit.written_down(trail, work))
        for batch in _batches(path, messages):
            if attended.stop.is_set():
                outcome.stopped = INTERRUPTED
            if outcome.stopped:
                break
            done = await publish_groups(channel, batch, wanted(loaded))
            outcome.done += sum(not why for why in done.failures)
            outcome.failed.update(why for why in done.failures if why)
            outcome.stopped = done.broken
            attended.report(outcome)
    return outcome, trail


def _batches(
    path: Path, messages: Callable[[DeadLetter], list[Message]]
) -> Iterable[list[list[Message]]]:
    lines = read(path)
    while batch := [messages(exported.parse(line)) for _, line in islice(lines, _BATCH)]:
        yield batch
