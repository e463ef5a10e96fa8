"""Sinks that tracking events do not reach. Pure."""

from collections.abc import Iterator, Sequence
from typing import Final

from console.overview.findings.finding import Finding, State
from console.words.spoken import age, count
from shared.forward_backlog import MOST, Backlog

# A collector that is deployed anew is away for less.
LATE_SECONDS: Final = 300.0
RETRY: Final = "registry-events forward --retry-refused"


def forward_findings(backlogs: Sequence[Backlog]) -> Iterator[Finding]:
    for one in backlogs:
        if one.oldest_age is not None and one.oldest_age >= LATE_SECONDS:
            yield Finding(
                State.DEGRADED,
                f"{_events(one.waiting)} to be forwarded to {one.sink},"
                f" the first for {age(one.oldest_age)}: see whether a forward runs, and in its log "
                "what the sink answers; nothing is lost",
            )
        if one.refused:
            yield Finding(
                State.DEGRADED,
                f"{one.sink} refused {count(one.refused, 'event')} (last "
                f"{age(one.refused_age or 0.0)} ago: {one.cause}): the table forward_refused has "
                f"them; when what it says is mended, `{RETRY}`",
            )


def _events(number: int) -> str:
    more = " or more" if number >= MOST else ""
    return f"{count(number, 'event')}{more} {'waits' if number == 1 else 'wait'}"
