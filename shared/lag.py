"""How long an event took to be recorded, by its registry's clock, if that can be believed. Pure."""

from datetime import datetime
from typing import Final

# Seconds. A registry repeats what it could not deliver for as long as it runs, and a dead letter
# may be requeued months later: so a year behind is still believed. Nothing comes before it happens:
# ahead is a clock that is wrong, by its time zone at most if it is set at all.
MOST_BEHIND: Final = 365 * 86_400.0
MOST_AHEAD: Final = 86_400.0


def lag(occurred_at: datetime, recorded_at: datetime) -> float | None:
    """Seconds, 0 by a clock that is a little ahead; None if the event's clock is absurd."""
    seconds = (recorded_at - occurred_at).total_seconds()
    return max(seconds, 0.0) if -MOST_AHEAD <= seconds <= MOST_BEHIND else None
