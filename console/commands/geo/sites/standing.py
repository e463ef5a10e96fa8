"""How the sites stand, on standard output."""

from collections.abc import Sequence

import msgspec

from console.commands.dead_letters.output import stdout
from console.terminal.table import Column
from console.words import moments, spoken
from console.words.moments import Clock
from geo.sites.standing import Site
from shared import credentials
from shared.text import printable

FORGOTTEN = "retention has dropped what comes next"
_COLUMNS: Sequence[Column] = (
    Column("SITE", least=8, rank=9),
    Column("CURSOR", rank=4, right=True),
    Column("LAG", rank=8, right=True),
    Column("SINCE", rank=7, right=True),
    Column("PENDING", rank=5, right=True),
    Column("FAILING", rank=6, right=True),
    Column("SEEN", rank=6, right=True),
    Column("ERROR", least=20, rank=3, below=True),
)


def show(sites: Sequence[Site], clock: Clock, output: str) -> None:
    if output == "json":
        stdout.document({"sites": msgspec.to_builtins(sites)})
    elif output == "jsonl":
        stdout.lines(msgspec.to_builtins(sites))
    else:
        stdout.Rows(_COLUMNS, wide=output == "wide").add([_row(one, clock) for one in sites])


def trouble(site: Site) -> str:
    """What keeps it now, safe to print."""
    text = FORGOTTEN if site.is_forgotten else site.trouble
    return printable(credentials.masked(text))


def waited(site: Site) -> str:
    """How long the first change that it has yet to do has waited."""
    return "?" if site.lag_seconds is None else spoken.age(site.lag_seconds)


def _row(site: Site, clock: Clock) -> Sequence[str]:
    return (
        printable(site.name),
        f"{site.cursor:,}",
        f"{site.lag_events:,}",
        waited(site),
        f"{site.pending:,}",
        f"{site.failing:,}",
        f"{moments.age(site.seen_at, now=clock.now)} ago" if site.seen_at else "never",
        trouble(site),
    )
