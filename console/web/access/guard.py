"""What stands before every page: the host's name, who it is, and whether it may write."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from console.dead_letters.errors import BusyError
from console.errors import DatabaseAwayError, UnusableError
from console.web import static_files
from console.web.access.choice import Access
from console.web.access.form_keys import FormKeys, new_session
from console.web.access.hosts import is_loopback
from console.web.access.token import COOKIE
from console.web.access.user import NOBODY
from console.web.query import given
from console.web.template import SESSION, USER, page, to, why_read_only
from shared.amqp.errors import BrokerAwayError
from shared.amqp.topology import TopologyConflictError
from shared.logs import get_logger

LOGIN: Final = "/login"
# Forms of those who are not signed in; the one to sign in with leads to itself.
DOOR: Final = frozenset({LOGIN, "/logout"})
# What is shown before anybody has signed in.
_OPEN: Final = frozenset({LOGIN, *static_files.FILES})
FORM_KEY: Final = "form_key"
_KEPT: Final = ("Allow", "Retry-After")
_READING: Final = frozenset({"GET", "HEAD"})

HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)


@web.middleware
async def show_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refusals and faults as a page; what went wrong inside stays in the log."""
    headers: Mapping[str, str] = {}
    try:
        return await handler(request)
    except web.HTTPError as error:
        headers = {name: error.headers[name] for name in _KEPT if name in error.headers}
        status = HTTPStatus(error.status)
        given = error.text if error.text != f"{error.status}: {error.reason}" else ""
        text = given or status.description
    except UnusableError as error:
        status, text = HTTPStatus.BAD_REQUEST, str(error)
    except (BusyError, TopologyConflictError, BrokerAwayError, DatabaseAwayError) as error:
        status, text = HTTPStatus.SERVICE_UNAVAILABLE, str(error)
    except Exception:  # noqa: BLE001  whatever it is, the browser gets a page and the log the rest
        get_logger().exception("page.failed", path=request.path)
        status, text = HTTPStatus.INTERNAL_SERVER_ERROR, "This page failed; the log says why."
    answer = page(request, "error.html", status=status, title=status.phrase, text=text)
    answer.headers.update(headers)
    return answer


def check_host(*, loopback: bool) -> Middleware:
    """On loopback only names of this machine: another one may have been pointed at it (DNS)."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if loopback and not is_loopback(request.host):
            raise web.HTTPMisdirectedRequest(
                text="The console answers to localhost and 127.0.0.1 only, not to the name in "
                "this request."
            )
        return await handler(request)

    return check


def check_user(access: Access) -> Middleware:
    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        known = request.cookies.get(COOKIE, "")
        session = known or new_session()
        request[SESSION] = session
        # The pieces of one open page would count as so many guesses of a wrong header.
        asked = request.path not in _OPEN
        user = access.user(request.headers, known, request.remote or "") if asked else NOBODY
        request[USER] = user
        if asked and not user.name:
            return _turned_away(request, access)
        response = await handler(request)
        if not known and not response.prepared and COOKIE not in response.cookies:
            give_session(request, response, session)
        return response

    return check


def check_writes(form_keys: FormKeys) -> Middleware:
    """Signing in and out changes nothing of the pipeline; all else needs `--allow-writes`.

    It also needs a user who may act.
    """

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.method in _READING:
            return await handler(request)
        if request.path not in DOOR and (why := why_read_only(request)):
            raise web.HTTPForbidden(text=why)
        form = await given.form(request)
        if not form_keys.fits(form.get(FORM_KEY, ""), request.cookies.get(COOKIE, "")):
            raise web.HTTPForbidden(
                text="This form is not from this console, or from before it was started again. "
                "Open the page again and send it once more."
            )
        return await handler(request)

    return check


def give_session(request: web.Request, response: web.StreamResponse, session: str) -> None:
    response.set_cookie(
        COOKIE, session, httponly=True, samesite="Strict", secure=request.secure, path="/"
    )


def _turned_away(request: web.Request, access: Access) -> web.StreamResponse:
    if (
        access.login
        and request.method in _READING
        and "text/html" in request.headers.get("Accept", "")
    ):
        return to(LOGIN)
    raise web.HTTPUnauthorized(text="You are not signed in.")
