"""What a form was refused with, kept as a page of its own.

The answer to a POST is no page that a browser goes back to: it asks for the form to be sent again,
or shows an error of its own. So a refusal is fetched (POST, redirect, GET), like every result, and
Back finds it with what was typed. Nothing of it is stored in the browser.
"""

from http import HTTPStatus
from typing import Final, NamedTuple

from aiohttp import web
from aiohttp.typedefs import Handler

from console.web.access.guard import DOOR
from console.web.latest import Latest
from console.web.template import SESSION, to

PATH: Final = "/answers/{identifier}"


class Answer(NamedTuple):
    status: int
    text: str


ANSWERS: Final = web.AppKey("ANSWERS", Latest[Answer])


async def show(request: web.Request) -> web.Response:
    found = request.app[ANSWERS].find(request.match_info["identifier"])
    if found is None or found.session != request[SESSION]:
        raise web.HTTPNotFound(
            text="This console does not keep this answer any more. Open the page again whose form "
            "was sent."
        )
    answer = found.value
    return web.Response(text=answer.text, status=answer.status, content_type="text/html")


@web.middleware
async def keep_refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A browser is led to the page that says why; a program has it at once."""
    response = await handler(request)
    if not isinstance(response, web.Response) or response.status < HTTPStatus.BAD_REQUEST:
        return response
    session = request.get(SESSION, "")
    if request.method != "POST" or request.path in DOOR or not _is_browser(request, session):
        return response
    answer = Answer(response.status, response.text or "")
    return to(PATH.format(identifier=request.app[ANSWERS].keep(answer, session)))


def _is_browser(request: web.Request, session: str) -> bool:
    """One that sent its session back, and so can ask for what is kept for it."""
    return session in request.cookies.values() and "text/html" in request.headers.get("Accept", "")
