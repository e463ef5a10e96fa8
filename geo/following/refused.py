"""What an answer of the log's service means that is none of what was asked. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

import msgspec

from geo.documents import BROKEN_LOG, Problem
from geo.following.journal import (
    BrokenLogError,
    FinalError,
    ForgottenError,
    JournalError,
    OvertakenError,
)
from shared import credentials
from shared.retry_after import seconds
from shared.text import printable

_LONGEST_TEXT: Final = 300
_NOBODY: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
# The others only of the service itself: a proxy before it may have reasons of its own.
_KINDS: Final[Mapping[int, type[JournalError]]] = {
    **dict.fromkeys(_NOBODY, FinalError),
    HTTPStatus.BAD_REQUEST: FinalError,
    HTTPStatus.CONFLICT: OvertakenError,
    HTTPStatus.GONE: ForgottenError,
}
_AWAY: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})


class AwayError(JournalError):
    """It may answer soon; `after` are the seconds that it asks to be left alone, if it does."""

    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.after = after


def refusal(name: str, status: int, headers: Mapping[str, str], answer: bytes) -> JournalError:
    """Of the service of that name; what it says is cut, and shows no credential."""
    problem = _problem(answer)
    detail = printable(credentials.masked(problem.detail), _LONGEST_TEXT)
    why = f"{name} answered {status}: {detail}"
    if problem.type == BROKEN_LOG:
        return BrokenLogError(why)
    if kind := _KINDS.get(status if status in _NOBODY else problem.status):
        return kind(why)
    if status in _AWAY or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return AwayError(why, seconds(headers.get("Retry-After"), datetime.now(UTC)))
    return JournalError(why)


def _problem(answer: bytes) -> Problem:
    """What the service says; a proxy before it may say anything, of which nothing is told."""
    try:
        return msgspec.json.decode(answer, type=Problem)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return Problem("", 0, "it says no more")
