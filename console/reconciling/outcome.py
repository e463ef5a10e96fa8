"""What a reconcile has come to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from geo.reconciling.drift import Drift, Kind
from geo.reconciling.runs import Run
from geo.reconciling.walk import Failure


class Settled(NamedTuple):
    """A drift that both looks showed; `left` says why nothing was filled in, empty if it was."""

    drift: Drift
    left: str


@dataclass(slots=True)
class Outcome:
    """`passed` are drifts of the first look that the second one did not show.

    `waiting` events stood in the queue, and `dead` among the dead letters, when it was decided.
    """

    source: str
    registry: str
    repositories: int = 0
    tags: int = 0
    drifts: Sequence[Settled] = ()
    passed: int = 0
    failures: list[Failure] = field(default_factory=list)
    waiting: int = 0
    dead: int = 0
    is_dry_run: bool = False

    @property
    def left(self) -> Sequence[Settled]:
        return [one for one in self.drifts if one.left]

    @property
    def is_done(self) -> bool:
        """Everything was looked at, and nothing differs that was not filled in."""
        return not (self.left or self.failures)

    def of_kind(self, kind: Kind) -> int:
        return sum(one.drift.kind is kind for one in self.drifts)

    @property
    def run(self) -> Run:
        """As the table `reconcile_runs` has it."""
        whys = dict.fromkeys([one.cause for one in self.failures] + [one.left for one in self.left])
        return Run(
            repositories=self.repositories,
            tags=self.tags,
            unrecorded=self.of_kind(Kind.UNRECORDED),
            moved=self.of_kind(Kind.MOVED),
            gone=self.of_kind(Kind.GONE),
            filled_in=len(self.drifts) - len(self.left),
            failures=len(self.failures),
            error=next(iter(whys), ""),
        )
