"""When refusals are reason to open another connection: pure, given the moment.

A full queue refuses what is published. So does RabbitMQ 3.10, for as long as a channel lives, if it
was opened after its queue's leader died and before another one was known: it asks the dead one
whether the queue has room. Which of the two it is, another connection tells.
"""

from typing import Final

# Seconds. From one connection to the next, if all that is published on them is refused.
_SHORTEST: Final = 0.5
_LONGEST: Final = 60.0


class Refusals:
    """Those of one queue since its last confirm."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._pause = _SHORTEST

    def refused(self, now: float) -> bool:
        """Whether to open another connection; then ever more seldom."""
        if self._since is None:
            self._since = now
        if now - self._since < self._pause:
            return False
        self._since, self._pause = now, min(2 * self._pause, _LONGEST)
        return True
