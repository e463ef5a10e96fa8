"""Events that workers have taken off the queue and cannot record. Pure."""

from collections.abc import Iterator
from typing import Final

from console.overview.findings.backlog import STUCK_SECONDS, is_silent
from console.overview.findings.finding import Finding, State
from console.overview.snapshot import Snapshot
from console.words.spoken import age, count

# A batch takes milliseconds; one that takes this long waits for something.
HELD_SECONDS: Final = 5.0


def held_findings(snapshot: Snapshot) -> Iterator[Finding]:
    holding = [one for one in snapshot.services if one.batch_age >= HELD_SECONDS]
    if not holding:
        return
    longest = max(one.batch_age for one in holding)
    events = sum(one.in_hand or 0 for one in holding)
    what = count(events, "event") if events else "a batch"
    them = "them" if events > 1 else "it"
    is_down = longest >= STUCK_SECONDS and is_silent(snapshot)
    yield Finding(
        State.DOWN if is_down else State.DEGRADED,
        f"workers hold {what} for {age(longest)} and cannot record {them}: look at the workers' "
        "logs, and for locks and full disks in PostgreSQL; nothing is lost",
    )
