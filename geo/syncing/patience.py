"""What the journal is asked again and again while it is away."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import stamina

from geo.following.journal import FinalError, JournalError, OvertakenError

T = TypeVar("T")

_FIRST_WAIT: Final = 0.5
_LONGEST_WAIT: Final = 15.0
_JITTER: Final = 1.0


class Patience:
    """For so many `seconds`, then its JournalError is raised; None: for ever."""

    def __init__(self, seconds: float | None) -> None:
        self._seconds = seconds
        # Why the journal does not answer, empty while it does.
        self.fault = ""

    async def ask(self, question: Callable[[], Awaitable[T]]) -> T:
        attempts = stamina.retry_context(
            on=_may_help,
            attempts=None,
            timeout=self._seconds,
            wait_initial=_FIRST_WAIT,
            wait_max=_LONGEST_WAIT,
            wait_jitter=_JITTER,
        )
        async for attempt in attempts:
            with attempt:
                try:
                    answer = await question()
                except JournalError as error:
                    self.fault = str(error)
                    raise
                self.fault = ""
        return answer


def _may_help(error: Exception) -> bool:
    """To ask the same again: not if another question is needed, or somebody has to decide."""
    return isinstance(error, JournalError) and not isinstance(error, FinalError | OvertakenError)
