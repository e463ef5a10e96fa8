"""What a request of a registry would become: typed into a form, explained, and sent nowhere."""

import asyncio
from functools import partial
from http import HTTPStatus
from typing import Final, NamedTuple, Self

from aiohttp import web
from markupsafe import Markup, escape

from console.errors import UnusableError
from console.explanation import registries, words
from console.explanation.explained import Explanation
from console.explanation.request import from_body, source_options, without_secrets
from console.web.query import given
from console.web.query.given import Given
from console.web.state import CONSOLE
from console.web.template import page, why_read_only
from ingest.registries.adapter import Sent
from shared.text import storable

_SHOWN: Final = 50


class Typed(NamedTuple):
    """What stands in the form, as it was typed."""

    registry: str = ""
    options: str = ""
    headers: str = "Content-Type: application/json"
    body: str = ""

    @classmethod
    def of(cls, form: Given) -> Self:
        return cls(*(form.get(name, "").replace("\r\n", "\n") for name in cls._fields))

    @property
    def shown(self) -> dict[str, Markup]:
        """But for secret headers. What is sent again must be no other for being safe to print."""
        headers = "\n".join(map(without_secrets, self.headers.split("\n")))
        kept = self._replace(headers=headers)._asdict()
        return {name: escape(storable(text)) for name, text in kept.items()}

    def sent(self) -> Sent:
        """Raises UnusableError."""
        if self.registry not in registries.LABELS:
            raise UnusableError("registry: choose one of those that are known here")
        body = self.body.encode("utf-8", "surrogatepass")
        sent = from_body(body, self.headers.split("\n"))
        return sent._replace(options=source_options(self.registry, self.options.split("\n")))


async def show(request: web.Request) -> web.Response:
    """The empty form; for who may act, as what is typed into it may be secret."""
    if why := why_read_only(request):
        raise web.HTTPForbidden(text=why)
    return _page(request, Typed(registry=request.query.get("registry", "")))


async def explain(request: web.Request) -> web.Response:
    """Whatever it is, the form is there again with what was typed."""
    typed = Typed.of(await given.form(request))
    try:
        sent = typed.sent()
    except UnusableError as error:
        return _page(request, typed, wrong=str(error))
    limit = request.app[CONSOLE].settings.ingest_max_body_bytes
    explained = partial(registries.explain, typed.registry, sent, limit=limit)
    return _page(request, typed, await asyncio.to_thread(explained))


def _page(
    request: web.Request, typed: Typed, explanation: Explanation | None = None, *, wrong: str = ""
) -> web.Response:
    events = explanation.events if explanation else ()
    return page(
        request,
        "explain.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        labels=registries.LABELS,
        typed=typed.shown,
        explanation=explanation,
        events=[(words.heading(one), words.facts(one)) for one in events[:_SHOWN]],
        more=max(len(events) - _SHOWN, 0),
        wrong=wrong,
    )
