"""When to stop waiting for a broker that does not confirm: pure, without a clock."""

from enum import Enum
from typing import Final

_TIMEOUTS_TO_OPEN: Final = 3


class State(Enum):
    """CLOSED: all publish. OPEN and ANSWERING: one at a time does, as a probe."""

    CLOSED = "closed"
    OPEN = "open"
    # The broker answers again, but no message has reached a queue yet.
    ANSWERING = "answering"


class Breaker:
    """Opens after publishes in a row that were not confirmed in time; a confirm closes it.

    Whoever is admitted says what came of it: `confirmed`, `timed_out`, or `unknown`.
    """

    def __init__(self) -> None:
        self.state = State.CLOSED
        self._timeouts = 0
        self._probing = False

    def admit(self) -> bool:
        """Whether to publish now."""
        if self.state is State.CLOSED:
            return True
        if self._probing:
            return False
        self._probing = True
        return True

    def confirmed(self) -> None:
        self.state = State.CLOSED
        self._timeouts = 0
        self._probing = False

    def timed_out(self) -> None:
        self._timeouts += 1
        self._probing = False
        if self._timeouts >= _TIMEOUTS_TO_OPEN:
            self.state = State.OPEN

    def unknown(self) -> None:
        """It failed for another reason, which says nothing about confirms."""
        self._probing = False

    def answers(self) -> None:
        """The broker confirmed something that reaches no queue."""
        if self.state is State.OPEN:
            self.state = State.ANSWERING
