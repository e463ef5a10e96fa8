"""What a request of a registry would become: typed into a form, explained, and sent nowhere."""

import asyncio
from http import HTTPStatus
from typing import Final

from aiohttp import web
from markupsafe import escape

from console.errors import UnusableError
from console.explanation import registries, words
from console.explanation.explained import Explanation
from console.explanation.request import from_body, without_secrets
from console.web.query import given
from console.web.template import page, why_read_only
from shared.text import storable

_SHOWN: Final = 50
_UNKNOWN: Final = "registry: choose one of those that are known here"
_HEADERS: Final = "Content-Type: application/json"


async def show(request: web.Request) -> web.Response:
    """The empty form; for who may act, as what is typed into it may be secret."""
    if why := why_read_only(request):
        raise web.HTTPForbidden(text=why)
    return _page(request, request.query.get("registry", ""), _HEADERS, "")


async def explain(request: web.Request) -> web.Response:
    """Whatever it is, the form is there again with what was typed, but for secret headers."""
    form = await given.form(request)
    registry = form.get("registry", "")
    headers, body = (form.get(name, "").replace("\r\n", "\n") for name in ("headers", "body"))
    if registry not in registries.LABELS:
        return _page(request, registry, headers, body, wrong=_UNKNOWN)
    try:
        sent = from_body(body.encode("utf-8", "surrogatepass"), headers.split("\n"))
    except UnusableError as error:
        return _page(request, registry, headers, body, wrong=str(error))
    explanation = await asyncio.to_thread(registries.explain, registry, sent)
    return _page(request, registry, headers, body, explanation)


def _page(
    request: web.Request,
    registry: str,
    headers: str,
    body: str,
    explanation: Explanation | None = None,
    wrong: str = "",
) -> web.Response:
    events = explanation.events if explanation else ()
    return page(
        request,
        "explain.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        labels=registries.LABELS,
        chosen=registry,
        # Escaped here: what is sent again must be what was typed, not what is safe to print.
        headers=escape(storable("\n".join(map(without_secrets, headers.split("\n"))))),
        body=escape(storable(body)),
        explanation=explanation,
        events=[(words.heading(one), words.facts(one)) for one in events[:_SHOWN]],
        more=max(len(events) - _SHOWN, 0),
        wrong=wrong,
    )
