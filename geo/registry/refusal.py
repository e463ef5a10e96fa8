"""What an answer that is no success means, as an error."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

import msgspec

from geo.registry.answer import Answer
from geo.registry.errors import NotFoundError, RegistryError, UnsupportedError
from shared import credentials, retry_after
from shared.text import printable

_ABSENT: Final = frozenset({"NAME_UNKNOWN", "MANIFEST_UNKNOWN", "BLOB_UNKNOWN"})
_TRANSIENT: Final = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
_LONGEST: Final = 300
# A registry that asks for more is left to whoever tries the whole again.
_LONGEST_WAIT: Final = 60.0


class _Said(msgspec.Struct):
    code: str = ""
    message: str = ""


class _Errors(msgspec.Struct):
    errors: list[_Said] = []


def is_transient(answer: Answer) -> bool:
    """Whether the same request may go well soon."""
    return answer.status in _TRANSIENT


def of(answer: Answer) -> RegistryError:
    """Says who answered what to which request, and what the registry gave as its reason."""
    said = _said(answer.body)
    text = f"{answer.asked} was answered {answer.status}"
    reason = f"{said.code} {said.message}".strip() or _phrase(answer.status)
    why = printable(credentials.masked(f"{text}: {reason}" if reason else text), _LONGEST)
    if answer.status == HTTPStatus.NOT_FOUND and said.code in _ABSENT:
        return NotFoundError(why)
    if said.code == "UNSUPPORTED" or answer.status in {
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.NOT_IMPLEMENTED,
    }:
        return UnsupportedError(why)
    wait = retry_after.seconds(answer.headers.get("Retry-After"), datetime.now(UTC))
    after = None if wait is None else min(wait, _LONGEST_WAIT)
    return RegistryError(why, temporary=is_transient(answer), after=after)


def _said(body: bytes) -> _Said:
    """The first of the errors in a body of the shape that the distribution spec gives them."""
    try:
        return next(iter(msgspec.json.decode(body, type=_Errors).errors), _Said())
    except (msgspec.MsgspecError, RecursionError):
        return _Said()


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
