"""registry-events dead-letters summary."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import click

from console.commands.dead_letters.options.selection import clock, output, selectors
from console.commands.dead_letters.output import stdout
from console.commands.dead_letters.run import run, say, settings
from console.dead_letters.letter.story import COMMAND
from console.dead_letters.operations.plan import LASTING
from console.dead_letters.queue import visit
from console.dead_letters.queue.broker import connected
from console.dead_letters.selection import Selection
from console.dead_letters.summary import Group, Summary
from console.terminal.table import Column
from console.words.moments import Clock, age
from shared.configuration import secret
from shared.text import printable

_COLUMNS: Sequence[Column] = (
    Column("GROUP"),
    Column("COUNT", right=True),
    Column("REASON", rank=8),
    Column("ERROR", least=30, rank=3, below=True),
    Column("OLDEST", rank=6),
    Column("NEWEST", rank=5),
    Column("TOP REPOSITORY", least=14, rank=4),
)
# Only where there is another than the default.
_SOURCE = Column("SOURCE", least=8, rank=7)


@click.command()
@selectors(limited=False)
@clock
@output("text", "wide", "json", "jsonl")
def summary(*, selection: Selection, clock: Clock, output: str) -> None:
    """Count the dead letters by cause."""
    counted = run(_count(secret(settings().amqp_url), selection))
    if output == "json":
        stdout.document(counted.document())
    elif output == "jsonl":
        stdout.lines(counted.document()["groups"])
    else:
        _print(counted, clock, wide=output == "wide")


async def _count(url: str, selection: Selection) -> Summary:
    counted = Summary(datetime.now(UTC))
    async with connected(url, say=say) as broker:
        await visit.each(broker, visit.only(selection, counted.add))
    return counted


def _print(counted: Summary, clock: Clock, *, wide: bool) -> None:
    total = counted.total
    if not total.count:
        click.echo("no dead letters")
        return
    ages = [
        f"{name} {age(then, now=counted.now)} ago ({clock.full(then)})"
        for name, then in (("oldest", total.oldest), ("newest", total.newest))
        if then
    ]
    told = (", ".join(ages), f"(+{total.recent:,} in 5 min)")
    label = f"DEAD LETTERS   {total.count:,}   "
    stdout.sentence(label, "   ".join(filter(None, told)), wide=wide)
    columns, rows = _COLUMNS, [_row(one, counted.now) for one in counted.groups]
    if total.has_sources:
        columns = (*columns, _SOURCE)
        rows = [
            (*row, printable(one.source)) for row, one in zip(rows, counted.groups, strict=True)
        ]
    stdout.Rows(columns, wide=wide).add(rows)
    for hint in _hints(counted.groups[0]):
        stdout.command("hint: ", f"{COMMAND} {hint}", wide=wide, err=True)


def _hints(group: Group) -> Iterator[str]:
    """What to do with it: look at one, then what helps against its reason."""
    name = group.cause.group
    yield f"show {group.example}" if group.example.isalnum() else f"list --group {name} --limit 1"
    if group.cause.reason not in LASTING:
        yield f"requeue --group {name} --canary 1 --dry-run"
    yield f"discard --group {name} --dry-run"


def _row(group: Group, now: datetime) -> tuple[str, ...]:
    top = group.top_repository
    return (
        group.cause.group,
        f"{group.count:,}",
        group.cause.reason,
        printable(group.cause.error),
        age(group.oldest, now=now),
        age(group.newest, now=now),
        # The figure first: a long name would hide it.
        f"{top[1]:,} of {printable(top[0])}" if top else "",
    )
