"""Registries whose clocks nobody can believe. Pure."""

from collections.abc import Iterator
from typing import Final

from console.overview.findings.finding import Finding, State
from console.overview.seen.database import Activity
from console.words.spoken import count

_NAMED: Final = 3


def clock_findings(activity: Activity | None) -> Iterator[Finding]:
    if activity is None or not activity.absurd_clocks:
        return
    events = count(activity.absurd_clocks, "event")
    verb = "has" if activity.absurd_clocks == 1 else "have"
    yield Finding(
        State.DEGRADED,
        f"{events} of the last 5 minutes {verb} an absurd clock, more than a year behind or a day "
        f"ahead: set that of {_nodes(activity)} (NTP); until then no lag is known of its events",
    )


def _nodes(activity: Activity) -> str:
    named = activity.absurd_sources[:_NAMED]
    if not named:
        return "the registry that sent it"
    others = " and others" if len(activity.absurd_sources) > _NAMED else ""
    return f"registry node{'' if len(named) == 1 else 's'} {', '.join(named)}{others}"
