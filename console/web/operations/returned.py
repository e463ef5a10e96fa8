"""What came back of a requeue, looked at again while its page is open, but seldom."""

import time
from dataclasses import dataclass
from typing import Final

from console.dead_letters.operations.returned import Returned, Sent
from console.web.scans import FRESH, FRESH_PER_LOOK, Scans

# Tries to record an event, with their pauses, take less; later a page is read again by hand.
FOLLOWED: Final = 60.0


@dataclass(slots=True)
class ComingBack:
    """`found` is None until somebody looked."""

    found: Returned | None = None
    _fresh_until: float = 0.0

    async def look(self, scans: Scans, sent: Sent) -> None:
        """One at a time: who comes meanwhile gets what was found before."""
        started = time.monotonic()
        if started < self._fresh_until:
            return
        self._fresh_until = float("inf")
        try:
            self.found = await scans.returned(sent)
        finally:
            took = time.monotonic() - started
            self._fresh_until = time.monotonic() + max(FRESH, FRESH_PER_LOOK * took)
