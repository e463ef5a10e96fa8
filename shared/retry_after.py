"""How long a server asks to be left alone."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

# Beyond it, nobody knows better than we do when to try again.
_LONGEST: Final = 3600.0
_SHORTEST: Final = 1.0


def seconds(header: str | None, now: datetime) -> float | None:
    """Seconds that a `Retry-After` header asks for (RFC 9110, 10.2.3), within reason.

    None without one, or if it cannot be read.
    """
    if not header:
        return None
    try:
        wait = _seconds(header.strip(), now)
    except (ValueError, OverflowError):
        return None
    return min(max(wait, _SHORTEST), _LONGEST)


def _seconds(text: str, now: datetime) -> float:
    if text.isascii() and text.isdigit():
        return float(text[:9])
    moment = parsedate_to_datetime(text)
    # Of a date in GMT it is not told whose time it is.
    return (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds()
