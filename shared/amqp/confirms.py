"""Which publishes of a channel the broker has confirmed: by their numbers, pure.

Numbers count from 1 in the order of writing, as the broker's do (RabbitMQ, "Publisher Confirms").
"""

from collections import deque
from typing import Final, Generic, TypeVar

T = TypeVar("T")

# Of a number that goes along with a message and comes back with it.
LOW: Final = 2**32


class Confirms(Generic[T]):
    """What was written and is not confirmed, in order; `None` stands where one is settled."""

    def __init__(self, first: int = 1) -> None:
        self._open: deque[T | None] = deque()
        self._first = first

    @property
    def next_number(self) -> int:
        return self._first + len(self._open)

    def add(self, publish: T) -> None:
        """It was written as `next_number`."""
        self._open.append(publish)

    def settle(self, number: int, *, and_before: bool) -> list[T]:
        """Take out the one of that number, or all up to it; empty if there is none such."""
        if number == self._first and self._open:
            settled = [self._take()]
        elif and_before:
            settled = [self._take() for _ in range(min(number + 1, self.next_number) - self._first)]
        elif (one := self.find(number)) is not None:
            self._open[number - self._first] = None
            return [one]
        else:
            return []
        while self._open and self._open[0] is None:
            self._take()
        return [one for one in settled if one is not None]

    def find(self, number: int) -> T | None:
        """The open one whose number has these low 32 bits."""
        place = (number - self._first) % LOW
        return self._open[place] if place < len(self._open) else None

    def drain(self) -> list[T]:
        """Take out all: the channel is gone."""
        return self.settle(self.next_number - 1, and_before=True)

    def _take(self) -> T | None:
        self._first += 1
        return self._open.popleft()
