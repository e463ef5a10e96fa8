"""Signing in with a token, and out."""

from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from console.web.access.guard import LOGIN, give_session
from console.web.access.token import COOKIE, TokenAccess
from console.web.query import given
from console.web.template import ACCESS, page, to

_WRONG: Final = "wrong"


async def show(request: web.Request) -> web.Response:
    if not isinstance(request.app[ACCESS], TokenAccess):
        return to("/")
    wrong = _WRONG in request.query
    status = HTTPStatus.UNAUTHORIZED if wrong else HTTPStatus.OK
    return page(request, "login.html", status=status, wrong=wrong)


async def sign_in(request: web.Request) -> web.Response:
    form = await given.form(request)
    session = _access(request).sign_in(form.get("token", ""), request.remote or "")
    if not session:
        # A page to come back to, which the answer to a POST is not.
        return to(f"{LOGIN}?{_WRONG}")
    response = to("/")
    give_session(request, response, session)
    return response


async def sign_out(request: web.Request) -> web.Response:
    _access(request).sign_out(request.cookies.get(COOKIE, ""))
    response = to(LOGIN)
    response.del_cookie(COOKIE, path="/")
    return response


def _access(request: web.Request) -> TokenAccess:
    access: Any = request.app[ACCESS]
    if not isinstance(access, TokenAccess):
        raise web.HTTPNotFound
    return access
