"""registry-events pulls."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

import click

from console.commands.dead_letters.options.selection import clock, output
from console.commands.dead_letters.options.values import FILLED, MOMENT
from console.commands.dead_letters.output import stdout
from console.commands.dead_letters.run import nothing_matched, run
from console.commands.settings import load_or_exit
from console.dead_letters.operations import audit
from console.pulls import Asked, Pulled, find
from console.terminal.table import Column
from console.words import moments
from console.words.moments import Clock
from console.words.rows import Row, lines
from shared.configuration import secret
from shared.settings import Settings
from shared.text import printable

_BY_DIGEST: Final = "(by digest)"


@click.command()
@click.option("--repository", type=FILLED, metavar="GLOB", default="*", help="With * and ?.")
@click.option("--source", type=FILLED, metavar="NAME", help="The configured registry.")
@click.option("--tag", type=FILLED, metavar="GLOB", help="A row for each tag like this.")
@click.option("--tags", is_flag=True, help="A row for each tag, instead of each repository.")
@click.option("--since", type=MOMENT, help="Pulls from that day on (UTC): 30d ago, or ISO 8601.")
@click.option(
    "--not-pulled-since",
    "not_since",
    type=MOMENT,
    help="Only what nobody has pulled since then, or ever: 90d ago, or ISO 8601.",
)
@click.option("--limit", type=click.IntRange(min=1), default=100, show_default=True)
@clock
@output("text", "wide", "json", "jsonl", "csv")
def pulls(*, clock: Clock, output: str, **asked: Any) -> None:  # noqa: ANN401  click's parameters
    """Is anybody still using it? Pulls of repositories or tags, and when the last one was.

    Counted with REGISTRY_EVENTS_PULLS; needs DATABASE_URL.
    """
    loaded = load_or_exit(("database_url",))
    found = run(_find(loaded, Asked(**asked)))
    if not found:
        nothing_matched()
    if output == "json":
        stdout.document([asdict(one) for one in found])
    elif output == "jsonl":
        stdout.lines(asdict(one) for one in found)
    elif output == "csv":
        for line in lines("csv", map(_cells, found)):
            click.echo(line, nl=False)
    else:
        _show(found, clock, wide=output == "wide")


async def _find(loaded: Settings, asked: Asked) -> Sequence[Pulled]:
    async with audit.database(loaded) as pool:
        assert pool  # noqa: S101  the setting is required
        return await find(pool, secret(loaded.database_url), asked)


def _cells(one: Pulled) -> Row:
    return {**asdict(one), "last_pulled_at": one.last_pulled_at and one.last_pulled_at.isoformat()}


def _show(found: Sequence[Pulled], clock: Clock, *, wide: bool) -> None:
    uncut = stdout.cells(wide=wide) is None
    by_tag = found[0].tag is not None
    columns = [
        *([Column("SOURCE", rank=4)] if any(one.source != "default" for one in found) else []),
        Column("REPOSITORY", least=20, rank=8),
        *([Column("TAG", least=8, rank=8)] if by_tag else []),
        Column("LAST PULLED" if uncut else f"LAST PULLED ({clock.zone_name})", rank=7),
        Column("AGO", rank=9, right=True),
        Column("MANIFESTS", rank=6, right=True),
        Column("HEADS", rank=3, right=True),
        Column("BLOBS", rank=2, right=True),
    ]
    rows = [_row(one, clock, uncut=uncut) for one in found]
    named = [column.name for column in columns]
    stdout.Rows(columns, wide=uncut).add(
        [[row[name.partition(" (")[0]] for name in named] for row in rows]
    )


def _row(one: Pulled, clock: Clock, *, uncut: bool) -> dict[str, str]:
    last = one.last_pulled_at
    return {
        "SOURCE": printable(one.source),
        "REPOSITORY": printable(one.repository),
        "TAG": printable(one.tag or _BY_DIGEST),
        "LAST PULLED": _when(last, clock, uncut=uncut),
        "AGO": moments.age(last, now=clock.now),
        "MANIFESTS": f"{one.manifest_gets:,}",
        "HEADS": f"{one.manifest_heads:,}",
        "BLOBS": f"{one.blob_gets + one.blob_heads:,}",
    }


def _when(last: datetime | None, clock: Clock, *, uncut: bool) -> str:
    if last is None:
        return "never"
    return clock.full(last) if uncut else clock.short(last)
