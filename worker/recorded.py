"""What the database did with a batch of events."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from shared.event import Event
from worker.verdicts import Verdict

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Recorded(Generic[Item]):
    """What is new, and how many events were there already.

    `conflicts` are those of the latter whose content is another than what is recorded; `expired`
    ones are neither new nor recorded, since the partition of their time was dropped. `renames` are
    those that are new, `relocations` the geo events that they caused.
    """

    fresh: Sequence[Item]
    duplicates: int
    conflicts: Sequence[Verdict] = ()
    expired: int = 0
    renames: Sequence[Event] = ()
    relocations: int = 0
