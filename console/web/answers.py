"""What a form was refused with, kept as a page of its own.

The answer to a POST is no page that a browser goes back to: it asks for the form to be sent again,
or shows an error of its own. So a refusal is fetched (POST, redirect, GET), like every result, and
Back finds it with what was typed. Nothing of it is stored in the browser.
"""

import secrets
from http import HTTPStatus
from typing import Final, NamedTuple

from aiohttp import web
from aiohttp.typedefs import Handler

from console.web.pages import SESSION

PATH: Final = "/answers/{identifier}"
_KEPT: Final = 100
_KEPT_OF_A_SESSION: Final = 10
# The form to sign in with leads to itself.
_DOOR: Final = frozenset({"/login", "/logout"})


class _Answer(NamedTuple):
    session: str
    status: int
    text: str


class Answers:
    """The last refusals of each session."""

    def __init__(self) -> None:
        self._answers: dict[str, _Answer] = {}

    def keep(self, answer: _Answer) -> str:
        identifier = secrets.token_urlsafe(9)
        self._answers[identifier] = answer
        theirs = [one for one, kept in self._answers.items() if kept.session == answer.session]
        for one in {*theirs[:-_KEPT_OF_A_SESSION], *list(self._answers)[:-_KEPT]}:
            del self._answers[one]
        return identifier

    def find(self, identifier: str, session: str) -> _Answer | None:
        found = self._answers.get(identifier)
        return found if found and found.session == session else None


ANSWERS: Final = web.AppKey("ANSWERS", Answers)


async def show(request: web.Request) -> web.Response:
    found = request.app[ANSWERS].find(request.match_info["identifier"], request[SESSION])
    if found is None:
        raise web.HTTPNotFound(
            text="This console does not keep this answer any more. Open the page again whose form "
            "was sent."
        )
    return web.Response(text=found.text, status=found.status, content_type="text/html")


@web.middleware
async def keep_refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A browser is led to the page that says why; a program has it at once."""
    response = await handler(request)
    if not isinstance(response, web.Response) or response.status < HTTPStatus.BAD_REQUEST:
        return response
    session = request.get(SESSION, "")
    if request.method != "POST" or request.path in _DOOR or not _is_browser(request, session):
        return response
    kept = _Answer(session, response.status, response.text or "")
    location = PATH.format(identifier=request.app[ANSWERS].keep(kept))
    return web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": location})


def _is_browser(request: web.Request, session: str) -> bool:
    """One that sent its session back, and so can ask for what is kept for it."""
    return session in request.cookies.values() and "text/html" in request.headers.get("Accept", "")
