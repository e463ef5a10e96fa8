"""/health/live, /health/ready and /metrics, alike in every service."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest

from shared import whole_health
from shared.reporting import Look
from shared.siblings import Siblings
from shared.whole_health import SumUp

Missing = Mapping[str, str]
Readiness = Callable[[], Awaitable[Missing]]
LOOK: Final = web.AppKey[Look]("look")
Details = Callable[[], Mapping[str, object]]


def add_routes(
    app: web.Application,
    *,
    look: Look,
    registry: CollectorRegistry,
    details: Details = dict,
    sum_up: SumUp = lambda _documents: {},
    siblings: Siblings | None = None,
) -> None:
    """Live: the loop answers. Ready: `look` misses nothing; the JSON names what it does, and why.

    `details` stand beside it: what the console shows and no metric may carry as a label. With
    `siblings`, `app` answers for all of them, where `sum_up` makes the details of all.
    """

    async def live(_request: web.Request) -> web.Response:
        return web.json_response({"live": True})

    async def ready(_request: web.Request) -> web.Response:
        missing = (await look()).missing
        document = {"ready": not missing, "missing": dict(missing), **details()}
        return web.json_response(document, status=503 if missing else 200)

    async def metrics(_request: web.Request) -> web.Response:
        return whole_health.figures(generate_latest(registry))

    app[LOOK] = look
    own = web.Application() if siblings else app
    own.router.add_get("/health/live", live)
    own.router.add_get("/health/ready", ready)
    own.router.add_get("/metrics", metrics)
    if siblings:
        whole_health.add_routes(app, own, siblings, look=look, sum_up=sum_up)
