"""Senders that give one event id to several events of one moment. Pure."""

from collections.abc import Iterator

from console.overview.findings.finding import Finding, State
from console.overview.seen.database import Conflicts
from console.words.spoken import age, count


def conflict_findings(conflicts: Conflicts) -> Iterator[Finding]:
    if not conflicts.count:
        return
    events = count(conflicts.count, "event")
    source = f" from {conflicts.source}" if conflicts.source else ""
    yield Finding(
        State.DEGRADED,
        f"{events} of the last 24 hours came under ids that are recorded with another content, "
        f"so they are not counted (last {age(conflicts.newest_age)} ago{source}, id "
        f"{conflicts.event_id}, repository {conflicts.repository}): mend their sender, it reuses "
        "ids; the table conflicting_events has them",
    )
