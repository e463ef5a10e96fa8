"""What may surround a batch from when it is read until it is settled: its traces, if any."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, TypeAlias

from worker.delivery import Failure, Received
from worker.isolation import Outcome

Tell: TypeAlias = Callable[[Outcome[Any]], None]
# It hears what became of the events before the block ends.
Around: TypeAlias = Callable[[Sequence[Received], Sequence[Failure]], AbstractContextManager[Tell]]


@contextmanager
def unwatched(_received: Sequence[Received], _failures: Sequence[Failure]) -> Iterator[Tell]:
    yield lambda _outcome: None
