"""What is left to say of a broker that does not answer now."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class LastKnown:
    """What waited, and how many dead letters there were, when the broker was seen last."""

    at: datetime
    ready: int | None = None
    dead: int | None = None
