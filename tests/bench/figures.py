"""What a measurement gives: values of alternating rounds, by contender."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

OURS = "ours"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure of one contender; `rounds` are the values of its alternating rounds, in `unit`.

    `note` says what a reader has to know of this one value.
    """

    measure: str
    contender: str
    unit: str
    rounds: tuple[float, ...]
    is_cost: bool = False
    note: str = ""

    @property
    def value(self) -> float:
        return median(self.rounds)


@dataclass(frozen=True, slots=True)
class Aim:
    """What ours divided by `contender` shall be, at least (`ratio`), or ours at most (`limit`)."""

    measure: str
    contender: str = ""
    ratio: float | None = None
    limit: float | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A table: measures are rows, contenders are columns, OURS first."""

    title: str
    figures: Sequence[Figure]
    note: str
    aims: Sequence[Aim] = ()
