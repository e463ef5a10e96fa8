"""registry-events dead-letters history."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click

from console.commands.dead_letters import printing
from console.commands.dead_letters.options import output
from console.commands.dead_letters.running import nothing_matched, run, settings
from console.dead_letters import audit
from console.dead_letters.moments import stamp
from shared.settings import Settings
from shared.text import printable

_HEADER = (
    "ID",
    "STARTED",
    "WHO",
    "OPERATION",
    "SELECTOR",
    "MATCHED",
    "DONE",
    "FAILED",
    "RESULT",
    "NOTE",
)


@click.command()
@click.argument("number", type=int, required=False)
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True)
@output("text", "json", "jsonl")
def history(*, number: int | None, limit: int, output: str) -> None:
    """Show who changed dead letters, the latest first; needs DATABASE_URL."""
    found = run(_read(settings("database_url"), number, limit))
    if not found:
        nothing_matched()
    if output == "json":
        printing.document(found)
    elif output == "jsonl":
        printing.lines(found)
    else:
        printing.table(_HEADER, map(_row, found))


async def _read(loaded: Settings, number: int | None, limit: int) -> Sequence[dict[str, Any]]:
    async with audit.database(loaded) as pool:
        assert pool  # noqa: S101  the setting is required
        rows = await audit.history(pool, limit=limit, number=number)
    return [
        {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in row.items()
        }
        for row in rows
    ]


def _row(found: dict[str, Any]) -> tuple[str, ...]:
    unfinished = "not finished: it runs, or it was killed"
    return (
        str(found["id"]),
        stamp(datetime.fromisoformat(found["started_at"])),
        printable(found["actor"], 40),
        found["operation"],
        printable(found["selector"], 80),
        str(found["matched"]),
        str(found["done"]),
        str(found["failed"]),
        printable(found["result"], 120) if found["finished_at"] else unfinished,
        printable(found["note"], 80),
    )
