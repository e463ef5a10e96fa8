"""How long and how much: minutes for the full drills, seconds for those among the tests."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Scale:
    """Durations are seconds. `strict`: what is promised in seconds is checked too.

    `patience`: how long senders wait for an answer; a busy machine is not what is tested.
    `shards`: over how many queues the repositories are spread.
    """

    strict: bool
    load: float
    outage: float
    hole: float
    kills: int
    notifications: int
    good: int
    poison: int
    pushes: int
    idle: int
    backlog: int
    delivery_limit: int
    patience: float
    shards: int = 1


FULL: Final = Scale(
    strict=True,
    load=5,
    outage=30,
    hole=20,
    kills=10,
    notifications=3000,
    good=10_000,
    poison=1000,
    pushes=10,
    idle=10_000,
    backlog=1_000_000,
    delivery_limit=50,
    patience=5,
)
SHORT: Final = Scale(
    strict=False,
    load=1,
    outage=2,
    hole=2,
    kills=3,
    notifications=200,
    good=500,
    poison=20,
    pushes=2,
    idle=500,
    backlog=5_000,
    delivery_limit=8,
    patience=30,
)
