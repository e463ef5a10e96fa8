"""Messages that are published together, and what becomes of each."""

import asyncio
from collections.abc import Sequence
from typing import Final, NamedTuple

from shared.amqp.message import Message

# Of one publish: others' messages come between. More would be no faster, a broker confirms many at
# once.
_IN_FLIGHT: Final = 64


class Failure(NamedTuple):
    """Why it is not known that the broker has a message; `cause` is one of a few words."""

    cause: str
    detail: str

    def __str__(self) -> str:
        return f"{self.cause}: {self.detail}" if self.detail else self.cause


# None: the broker has it.
Outcome = Failure | None
_UNCONFIRMED: Final = Failure("timeout", "")
REFUSED: Final = Failure("refused", "Nack")


class Sending:
    """Messages that are published together, and what has become of each."""

    __slots__ = ("ended", "in_flight", "messages", "missing", "outcomes", "written")

    def __init__(self, messages: Sequence[Message], ended: "asyncio.Future[None]") -> None:
        self.messages = messages
        self.ended = ended
        self.outcomes: list[Outcome] = [_UNCONFIRMED] * len(messages)
        self.missing = len(messages)
        self.written = 0
        self.in_flight = 0

    @property
    def room(self) -> int:
        """How many may be written now."""
        if self.ended.done():
            return 0
        return min(len(self.messages) - self.written, _IN_FLIGHT - self.in_flight)

    @property
    def is_half_through(self) -> bool:
        """Of what may be in flight: time to write more, not one by one."""
        return self.in_flight == _IN_FLIGHT // 2

    def settle(self, place: int, outcome: Outcome) -> None:
        self.in_flight -= 1
        self.missing -= 1
        if self.outcomes[place] is _UNCONFIRMED:
            self.outcomes[place] = outcome
        if not self.missing:
            end(self.ended)

    def fail(self, failure: Failure) -> None:
        self.outcomes = [failure if one is _UNCONFIRMED else one for one in self.outcomes]
        end(self.ended)


def end(ended: "asyncio.Future[None]") -> None:
    if not ended.done():
        ended.set_result(None)
