"""/health/live, /health/ready and /metrics of a service of several processes, whoever is asked."""

import json
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, Final

from aiohttp import web

from shared import summing_up
from shared.reporting import Look, State
from shared.siblings import Siblings

Document = Mapping[str, Any]
SumUp = Callable[[Sequence[Document]], Document]
_STATE: Final = "/health/state"


def add_routes(
    app: web.Application, own: web.Application, siblings: Siblings, *, look: Look, sum_up: SumUp
) -> None:
    """Serve `own`, where a process answers for itself, to its siblings, and in `app` the whole.

    It is live, and ready, when each of its processes is. `sum_up` makes the details of all of them
    out of each one's document. What `look` sees their parent asks for, and nobody else.
    """

    async def answering(_app: web.Application) -> AsyncIterator[None]:
        async with siblings.answering(own):
            yield

    async def live(_request: web.Request) -> web.Response:
        answers = await siblings.ask("/health/live")
        missing = summing_up.missing({}, answers.silent)
        return _answer({"live": not missing, "missing": missing}, is_good=not missing)

    async def ready(_request: web.Request) -> web.Response:
        answers = await siblings.ask("/health/ready")
        documents = {number: json.loads(text) for number, text in answers.texts.items()}
        lacking = {number: document["missing"] for number, document in documents.items()}
        missing = summing_up.missing(lacking, answers.silent)
        details = sum_up(list(documents.values()))
        whole = {"ready": not missing, "missing": missing, "processes": siblings.count, **details}
        return _answer(whole, is_good=not missing)

    async def metrics(_request: web.Request) -> web.Response:
        answers = await siblings.ask("/metrics")
        return figures(summing_up.figures(answers.texts))

    async def state(_request: web.Request) -> web.Response:
        seen = await look()
        return web.json_response({"missing": dict(seen.missing), "still": seen.still})

    own.router.add_get(_STATE, state)
    app.cleanup_ctx.append(answering)
    app.router.add_get("/health/live", live)
    app.router.add_get("/health/ready", ready)
    app.router.add_get("/metrics", metrics)


class Whole:
    """How all of them are, for their parent, by whom systemd hears of it."""

    def __init__(self, siblings: Siblings) -> None:
        self._siblings = siblings
        self._answered_at = dict.fromkeys(range(1, siblings.count + 1), time.monotonic())

    async def look(self) -> State:
        """The whole stands still for as long as any of them, and so does one that is silent."""
        answers = await self._siblings.ask(_STATE)
        states = {number: json.loads(text) for number, text in answers.texts.items()}
        now = time.monotonic()
        self._answered_at |= dict.fromkeys(states, now)
        lacking = {number: state["missing"] for number, state in states.items()}
        still = [state["still"] for state in states.values()]
        silent = [now - at for at in self._answered_at.values()]
        return State(summing_up.missing(lacking, answers.silent), max(*still, *silent, 0.0))


def figures(text: bytes) -> web.Response:
    """An answer in Prometheus's format."""
    return web.Response(
        body=text, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
    )


def _answer(document: Document, *, is_good: bool) -> web.Response:
    return web.json_response(document, status=200 if is_good else 503)
