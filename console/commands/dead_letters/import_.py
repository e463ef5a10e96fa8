"""registry-events dead-letters import."""

import asyncio
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click

from console.commands.dead_letters.exits import Exit
from console.commands.dead_letters.options.change import Asked, writes
from console.commands.dead_letters.output.progress import progress
from console.commands.dead_letters.output.result import finish
from console.commands.dead_letters.run import confirm, nothing_matched, run, say, settings, stopping
from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.operations.audit import Operation, Trail
from console.dead_letters.operations.import_ import Checked, check, import_all
from console.dead_letters.operations.messages import buried_again, requeued, undirected
from console.dead_letters.operations.run import Attended, Outcome
from console.dead_letters.queue.broker import connected
from shared.amqp.message import Message
from shared.configuration import secret
from shared.settings import Settings


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--requeue", is_flag=True, help="Send the events instead of burying them again.")
@writes
def import_(*, file: str, requeue: bool, asked: Asked) -> None:
    """Put exported dead letters back, in their order; FILE may be - for standard input.

    Nothing is done unless every line of FILE is good. What is imported twice is there twice.
    """
    loaded = settings()
    with _readable(file) as path:
        checked = run(_check(path, undirected if requeue else _fine))
        for fault in checked.faults:
            say(fault)
        if checked.faults:
            sys.exit(Exit.FAILED)
        if not checked.count:
            nothing_matched()
        where = "the events' queue" if requeue else "the dead letters"
        if asked.dry_run:
            click.echo(f"import {checked.count:,} into {where}")
            say("nothing was changed")
            return
        run(_reach(secret(loaded.amqp_url)))
        confirm(f"import {checked.count:,} into {where}?", yes=asked.yes)
        selector = f"{Path(file).name}{' --requeue' if requeue else ''}"
        work = asked.operation("import", selector, checked.count)
        messages = buried_again
        if requeue:
            messages = partial(requeued, by=work.actor, at=datetime.now(UTC))
        outcome, trail = run(_import(loaded, path, messages, work))
    finish(outcome, trail, work, 0, output=asked.output)


@contextmanager
def _readable(file: str) -> Iterator[Path]:
    """A file that can be read twice: standard input's lines are kept in one meanwhile."""
    if file != "-":
        yield Path(file)
        return
    with tempfile.NamedTemporaryFile(prefix="registry-events-") as copy:
        shutil.copyfileobj(sys.stdin.buffer, copy)
        copy.flush()
        yield Path(copy.name)


async def _check(file: Path, refusal: Callable[[DeadLetter], str]) -> Checked:
    return await asyncio.to_thread(check, file, refusal)


async def _reach(url: str) -> None:
    """Nobody shall answer for nothing. Raises BrokerAwayError."""
    async with connected(url):
        pass


async def _import(
    loaded: Settings, file: Path, messages: Callable[[DeadLetter], list[Message]], work: Operation
) -> tuple[Outcome, Trail]:
    stop = asyncio.Event()
    with progress("import", work.matched) as report, stopping(stop):
        return await import_all(loaded, file, messages, work, Attended(report, say, stop))


def _fine(_: DeadLetter) -> str:
    return ""
