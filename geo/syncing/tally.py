"""How far it is: for a bar, a line in the log, the result of a run that ends. Pure."""

from dataclasses import dataclass, field
from typing import NamedTuple, Self

from geo.copying.counts import Counts


@dataclass(slots=True)
class Tally:
    """`equal` and `failed` count attempts, `failing` says of repositories that are unequal why."""

    equal: int = 0
    failed: int = 0
    failing: dict[str, str] = field(default_factory=dict)

    def became_equal(self, path: str) -> None:
        self.equal += 1
        self.failing.pop(path, None)

    def has_failed(self, path: str, cause: str) -> None:
        self.failed += 1
        self.failing[path] = cause


class Progress(NamedTuple):
    """`total` is as known now: repositories become due meanwhile. `seconds` have passed."""

    done: int
    total: int
    blobs: int
    bytes: int
    seconds: float

    @classmethod
    def of(cls, tally: Tally, counts: Counts, *, due: int, seconds: float) -> Self:
        done = tally.equal + tally.failed
        return cls(done, done + due, counts.blobs, counts.bytes, seconds)

    def since(self, begin: Self) -> Self:
        """What has been done from then on, and is still to be done."""
        return type(self)(
            self.done - begin.done,
            self.total - begin.done,
            self.blobs - begin.blobs,
            self.bytes - begin.bytes,
            self.seconds - begin.seconds,
        )

    @property
    def rate(self) -> float:
        """Bytes a second."""
        return self.bytes / self.seconds if self.seconds else 0.0

    @property
    def remaining(self) -> float | None:
        """Seconds until the end if it goes on as until now; None while nothing says so."""
        if not self.done:
            return None
        return (self.total - self.done) * self.seconds / self.done
