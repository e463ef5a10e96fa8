"""What the service answers, always as JSON; what went wrong as a problem of RFC 9457."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware
from msgspec import Struct, json

from geo.documents import BROKEN_LOG, LONGEST_SENTENCE, Problem
from geo.log.reading import BrokenError
from geo.serving.refusals import refusal
from shared import faults
from shared.logs import get_logger
from shared.text import printable
from shared.throttle import Throttle

PROBLEM: Final = "application/problem+json"
# Seconds between two lines of the log: a database that goes is noticed by all who wait, at once.
_QUIET: Final = 1.0
_ENCODER: Final = json.Encoder()
_DETAILS: Final = {
    HTTPStatus.NOT_FOUND: "there is nothing at this path",
    HTTPStatus.METHOD_NOT_ALLOWED: "this path does not take this method",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "the body is larger than this path takes",
    HTTPStatus.EXPECTATION_FAILED: "no expectation but 100-continue can be met",
}


def document(content: Struct) -> web.Response:
    return web.Response(body=_ENCODER.encode(content), content_type="application/json")


def nothing() -> web.Response:
    return web.Response(status=HTTPStatus.NO_CONTENT)


def as_problem() -> Middleware:
    """Each error in one sentence, what the router refuses (404, 405) too."""
    quiet = Throttle(_QUIET)

    @web.middleware
    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException as error:
            allow = {"Allow": error.headers[hdrs.ALLOW]} if hdrs.ALLOW in error.headers else {}
            status = HTTPStatus(error.status)
            return _problem(status, _DETAILS.get(status, error.reason), allow)
        except Exception as error:  # noqa: BLE001  each is answered, and said in the log
            return _refused(error, quiet)

    return answer


def _refused(error: Exception, quiet: Throttle) -> web.Response:
    found = refusal(error)
    if found.status is HTTPStatus.INTERNAL_SERVER_ERROR:
        get_logger().error("request.failed", exc_info=error)
    elif found.says and (count := quiet.count()):
        get_logger().warning("request.refused", error=faults.in_words(error), count=count)
    kind = BROKEN_LOG if isinstance(error, BrokenError) else "about:blank"
    return _problem(found.status, found.says or str(error), found.headers, kind=kind)


def _problem(
    status: HTTPStatus, detail: str, headers: Mapping[str, str], *, kind: str = "about:blank"
) -> web.Response:
    problem = Problem(status.phrase, status, printable(detail, LONGEST_SENTENCE), kind)
    body = _ENCODER.encode(problem)
    return web.Response(body=body, status=status, content_type=PROBLEM, headers=headers)
