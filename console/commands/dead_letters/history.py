"""registry-events dead-letters history."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click

from console.commands.dead_letters.options.selection import clock, output
from console.commands.dead_letters.output import stdout
from console.commands.dead_letters.run import nothing_matched, run, settings
from console.dead_letters.operations import audit
from console.dead_letters.operations.history import latest
from console.terminal.table import Column
from console.words.moments import Clock
from shared.configuration import secret
from shared.settings import Settings
from shared.text import printable


@click.command()
@click.argument("number", type=int, required=False)
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True)
@clock
@output("text", "wide", "json", "jsonl")
def history(*, number: int | None, limit: int, clock: Clock, output: str) -> None:
    """Show who changed dead letters, the latest first; needs DATABASE_URL."""
    found = run(_read(settings("database_url"), number, limit))
    if not found:
        nothing_matched()
    if output == "json":
        stdout.document(found)
    elif output == "jsonl":
        stdout.lines(found)
    else:
        uncut = stdout.cells(wide=output == "wide") is None
        columns = _columns(clock, uncut=uncut)
        stdout.Rows(columns, wide=uncut).add([_row(one, clock, uncut=uncut) for one in found])


async def _read(loaded: Settings, number: int | None, limit: int) -> Sequence[dict[str, Any]]:
    async with audit.database(loaded) as pool:
        assert pool  # noqa: S101  the setting is required
        rows = await latest(pool, secret(loaded.database_url), limit=limit, number=number)
    return [
        {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in row.items()
        }
        for row in rows
    ]


def _columns(clock: Clock, *, uncut: bool) -> Sequence[Column]:
    return (
        Column("ID"),
        Column("STARTED" if uncut else f"STARTED ({clock.zone_name})"),
        Column("WHO", least=12, rank=7),
        Column("OPERATION", rank=8),
        Column("MATCHED", right=True),
        Column("DONE", right=True),
        Column("FAILED", right=True),
        Column("RESULT", least=20, rank=3, below=True),
        Column("SELECTOR", least=20, rank=2, below=True),
        Column("NOTE", least=14, rank=1, below=True),
    )


def _row(found: dict[str, Any], clock: Clock, *, uncut: bool) -> tuple[str, ...]:
    unfinished = "not finished: it runs, or it was killed"
    started = datetime.fromisoformat(found["started_at"])
    return (
        str(found["id"]),
        clock.full(started) if uncut else clock.short(started),
        printable(found["actor"]),
        found["operation"],
        f"{found['matched']:,}",
        f"{found['done']:,}",
        f"{found['failed']:,}",
        printable(found["result"]) if found["finished_at"] else unfinished,
        printable(found["selector"]),
        printable(found["note"]),
    )
