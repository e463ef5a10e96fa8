"""What a collector's answer means for the batch that it answers. Pure."""

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
