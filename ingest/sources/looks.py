"""How often an issuer may be asked for its keys, since anybody can name a key that there never was.

A few looks at once let a new key in as soon as it signs; what fills up slowly keeps a flood of
made-up names from the issuer.
"""

from typing import Final

AT_ONCE: Final = 3
# Seconds until one more is allowed.
_EACH: Final = 30.0
# Seconds after a look that failed, which tells nothing of the key.
_AFTER_FAULT: Final = 1.0


class Looks:
    """Moments are seconds of one clock that never goes back."""

    def __init__(self) -> None:
        self._left = float(AT_ONCE)
        self._counted_at = self._not_before = -float("inf")

    def take(self, now: float) -> bool:
        """Whether one more is allowed now; then it is taken."""
        self._left = min(AT_ONCE, self._left + (now - self._counted_at) / _EACH)
        self._counted_at = now
        if self._left < 1 or now < self._not_before:
            return False
        self._left -= 1
        return True

    def failed(self, now: float) -> None:
        """The one taken last told nothing: it is given back, after a short pause."""
        self._left += 1
        self._not_before = now + _AFTER_FAULT
