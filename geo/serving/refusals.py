"""Why something is not done, and the status that says so."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final, NamedTuple

from geo.following.journal import (
    FinalError,
    JournalError,
    OvertakenError,
    RemovedError,
)
from geo.log.reading import BrokenError, DroppedError
from shared.bad_input import BadInputError
from shared.database import ERRORS


class UnauthorizedError(Exception):
    """The request shows no site's token."""


class BusyError(Exception):
    """More cannot be taken in now; says of what."""


class UnreadableError(Exception):
    """There is no whole body; says why."""


class Refusal(NamedTuple):
    """`says` is said instead of the error's text, which then is for the service's operator."""

    status: HTTPStatus
    headers: Mapping[str, str] = {}
    says: str = ""


_RETRY_AFTER: Final = {"Retry-After": "1"}
# Names and addresses of servers are nothing for a site.
_AWAY: Final = Refusal(
    HTTPStatus.SERVICE_UNAVAILABLE, _RETRY_AFTER, "the log's database does not answer"
)
_FAULT: Final = Refusal(HTTPStatus.INTERNAL_SERVER_ERROR, says="the service has a fault")
# RFC 9110 wants the scheme named.
_NOBODY: Final = Refusal(HTTPStatus.UNAUTHORIZED, {"WWW-Authenticate": "Bearer"})
# The first that is of the kind counts.
REFUSALS: Final[Mapping[type[Exception], Refusal]] = {
    UnauthorizedError: _NOBODY,
    RemovedError: _NOBODY,
    BadInputError: Refusal(HTTPStatus.BAD_REQUEST),
    UnreadableError: Refusal(HTTPStatus.REQUEST_TIMEOUT),
    OvertakenError: Refusal(HTTPStatus.CONFLICT),
    DroppedError: Refusal(HTTPStatus.GONE),
    BrokenError: Refusal(HTTPStatus.INTERNAL_SERVER_ERROR),
    FinalError: Refusal(HTTPStatus.BAD_REQUEST),
    BusyError: Refusal(HTTPStatus.SERVICE_UNAVAILABLE, _RETRY_AFTER),
    JournalError: _AWAY,
    **dict.fromkeys(ERRORS, _AWAY),
    Exception: _FAULT,
}


def refusal(error: Exception) -> Refusal:
    """What it is answered with."""
    return next(one for kind, one in REFUSALS.items() if isinstance(error, kind))
