"""registry-events dead-letters summary."""

from collections.abc import Iterator
from datetime import UTC, datetime

import click

from console.commands.dead_letters import printing
from console.commands.dead_letters.options import output, selectors
from console.commands.dead_letters.running import run, say, settings
from console.dead_letters import reading
from console.dead_letters.moments import age
from console.dead_letters.plan import LASTING
from console.dead_letters.selection import Selection
from console.dead_letters.summary import Group, Summary
from shared.configuration import secret
from shared.text import printable

_HEADER = ("GROUP", "COUNT", "REASON", "ERROR", "OLDEST", "NEWEST", "TOP REPOSITORY")


@click.command()
@selectors(limited=False)
@output("text", "json", "jsonl")
def summary(*, selection: Selection, output: str) -> None:
    """Count the dead letters by cause."""
    counted = run(_count(secret(settings().amqp_url), selection))
    if output == "json":
        printing.document(counted.document())
    elif output == "jsonl":
        printing.lines(counted.document()["groups"])
    else:
        _print(counted)


async def _count(url: str, selection: Selection) -> Summary:
    counted = Summary(datetime.now(UTC))
    async with reading.connected(url, say=say) as broker:
        await reading.each(broker, reading.only(selection, counted.add))
    return counted


def _print(counted: Summary) -> None:
    total, now = counted.total, counted.now
    if not total.count:
        click.echo("no dead letters")
        return
    ages = f"oldest {age(total.oldest, now=now)}   newest {age(total.newest, now=now)}"
    click.echo(f"DEAD LETTERS   {total.count:,}   {ages}   (+{total.recent:,} in 5 min)")
    printing.table(_HEADER, [_row(group, now) for group in counted.groups])
    for hint in _hints(counted.groups[0]):
        say(f"hint: registry-events dead-letters {hint}")


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
        printable(group.cause.error, 60) or "-",
        age(group.oldest, now=now),
        age(group.newest, now=now),
        f"{printable(top[0], 60)} ({top[1]:,})" if top else "-",
    )
