"""What a collector's answer means for the batch that it answers. Pure."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum, auto
from http import HTTPStatus
from typing import Final

# Of the request whatever is in it: who sends it, and where to. Any event would be answered so until
# an operator mends that, hence none is to blame.
_OF_THE_WAY: Final = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.PROXY_AUTHENTICATION_REQUIRED,
        HTTPStatus.GONE,
    }
)
_TRANSIENT: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})
# Beyond it, nobody knows better than we do when to try again.
_LONGEST_WAIT: Final = 3600.0
_SHORTEST_WAIT: Final = 1.0


class Meaning(Enum):
    TAKEN = auto()
    REFUSED = auto()
    LATER = auto()


def meaning(status: int) -> Meaning:
    """Refused is what the collector will not take at any other time either."""
    if 200 <= status < 300:  # noqa: PLR2004  RFC 9110, 15.3
        return Meaning.TAKEN
    refused = 400 <= status < 500 and status not in _OF_THE_WAY | _TRANSIENT  # noqa: PLR2004  15.5
    return Meaning.REFUSED if refused else Meaning.LATER


def wait(retry_after: str | None, now: datetime) -> float | None:
    """Seconds that a `Retry-After` header asks for (RFC 9110, 10.2.3), within reason.

    None without one, or if it cannot be read.
    """
    if not retry_after:
        return None
    try:
        seconds = _seconds(retry_after.strip(), now)
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, _SHORTEST_WAIT), _LONGEST_WAIT)


def _seconds(text: str, now: datetime) -> float:
    if text.isascii() and text.isdigit():
        return float(text[:9])
    moment = parsedate_to_datetime(text)
    # Of a date in GMT it is not told whose time it is.
    return (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds()
