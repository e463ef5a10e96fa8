"""What the database did with a batch of events."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from worker.verdicts import Verdict

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Recorded(Generic[Item]):
    """What is new, and how many events were there already.

    `conflicts` are those of the latter whose content is another than what is recorded.
    """

    fresh: Sequence[Item]
    duplicates: int
    conflicts: Sequence[Verdict] = ()
