"""A site that follows the log, as it was seen. Ages are seconds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Site:
    """`lag_seconds` None: retention has dropped the change that comes next.

    `failing_age` is how long the first of those that fail has been pending, None without one;
    `seen_age` is since the site was written down if it was `never_seen`. `trouble` is what keeps it
    from going on, empty if nothing does.
    """

    name: str
    lag_events: int = 0
    lag_seconds: float | None = 0.0
    pending: int = 0
    failing: int = 0
    failing_age: float | None = None
    seen_age: float = 0.0
    never_seen: bool = False
    trouble: str = ""
