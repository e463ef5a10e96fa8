"""Saying at most once in a while what somebody else can cause at any rate."""

import time


class Throttle:
    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._next = 0.0
        self._count = 0

    def count(self) -> int:
        """How often it happened since it was said last, this time too; 0: do not say it now."""
        self._count += 1
        now = time.monotonic()
        if now < self._next:
            return 0
        count, self._count, self._next = self._count, 0, now + self._seconds
        return count
