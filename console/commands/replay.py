"""registry-events replay."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from console import replaying
from console.commands.dead_letters.exits import EXIT_CODES, Exit, Failed
from console.commands.dead_letters.options.selection import output
from console.commands.dead_letters.options.values import FILLED, MOMENT
from console.commands.dead_letters.output import stdout
from console.commands.dead_letters.run import confirm, run, settings
from console.errors import UnusableError
from console.replaying import Asked, Report
from console.words import replayed
from console.words.replayed import Line
from console.words.spoken import count
from shared.forward_settings import Sink
from shared.settings import Settings
from worker.replay.difference import Difference, Done
from worker.replay.kept_events import KeptEvents, NothingKeptError

_NOTHING = "nothing is kept: there is no stream; REGISTRY_EVENTS_KEEP of ingest makes one"


@click.command(epilog=EXIT_CODES)
@click.option("--since", type=MOMENT, required=True, help="Kept from then on: 7d ago, or ISO 8601.")
@click.option("--until", type=MOMENT, help="Kept until then. [default: now]")
@click.option("--source", type=FILLED, metavar="NAME", help="Of one configured registry.")
@click.option(
    "--repository",
    type=FILLED,
    metavar="GLOB",
    default="*",
    help="With * and ?.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@output("text", "json")
def replay(*, dry_run: bool, yes: bool, output: str, **asked: Any) -> None:  # noqa: ANN401  click's
    """Record kept events again: a database that was lost or restored, a rule that was mended.

    Reads what REGISTRY_EVENTS_KEEP has kept, shows how the database differs from it, asks, and then
    records what is missing and sets right what is recorded otherwise than the rules say now.
    Safe beside workers; twice changes nothing. Pulls are not counted again.
    """
    loaded, wanted = settings("database_url"), Asked(**asked)
    kept, found = _look(loaded, wanted)
    done = None if dry_run or found.is_none else Done()
    if output == "text":
        _show(replayed.difference(found))
    try:
        if done is not None:
            _confirm(found, loaded.forward, yes=yes)
            with _progress("record", found.events) as report:
                run(replaying.replay(loaded, kept, wanted, done, report))
    finally:
        if output == "json":
            stdout.document(_document(found, done, dry_run=dry_run))
        elif done is not None:
            _show(replayed.done(done))
    if done and done.failed:
        raise Failed("the database refused some; they are dead letters, or were", Exit.PARTLY)


def _look(loaded: Settings, asked: Asked) -> tuple[KeptEvents, Difference]:
    try:
        kept = asked.kept(loaded, datetime.now(UTC))
        with _progress("look", None) as report:
            return kept, run(replaying.look(loaded, kept, asked, report))
    except UnusableError as error:
        raise click.UsageError(str(error)) from None
    except NothingKeptError:
        raise Failed(_NOTHING, Exit.NOTHING_MATCHED) from None


def _confirm(found: Difference, sinks: Iterable[Sink], *, yes: bool) -> None:
    missing = count(found.missing.total(), "event")
    to = " and ".join(sink.value for sink in sinks)
    forwarded = f", and forward them to {to}" if found.missing and to else ""
    right = f" and set {found.otherwise.total():,} right" if found.otherwise else ""
    confirm(f"Record {missing}{right}{forwarded}?", yes=yes)


def _show(lines: Iterable[Line]) -> None:
    for line in lines:
        detail = f"  {line.detail}" if line.detail else ""
        click.echo(f"{line.number:>12,}  {line.label}{detail and ':'}{detail}")


def _document(found: Difference, done: Done | None, *, dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "difference": found.document(),
        "done": done.document() if done else None,
    }


@contextmanager
def _progress(title: str, total: int | None) -> Iterator[Report]:
    """How many events were gone through, on a terminal only."""
    columns = (TextColumn("{task.description}"), TextColumn("{task.completed:,}"))
    bar = Progress(
        *columns,
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
        transient=True,
    )
    with bar:
        task = bar.add_task(title, total=total)
        yield lambda done: bar.update(task, completed=done)
