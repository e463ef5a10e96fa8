"""/health/live, /health/ready and /metrics, alike in every service."""

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest

from shared import whole_health
from shared.siblings import Siblings
from shared.whole_health import SumUp

Missing = Mapping[str, str]
Readiness = Callable[[], Awaitable[Missing]]
Details = Callable[[], Mapping[str, object]]


def add_routes(
    app: web.Application,
    *,
    readiness: Readiness,
    registry: CollectorRegistry,
    details: Details = dict,
    sum_up: SumUp = lambda _documents: {},
    siblings: Siblings | None = None,
) -> None:
    """Live: the loop answers. Ready: nothing is missing; the JSON names what is, and why.

    `details` stand beside it: what the console shows and no metric may carry as a label. With
    `siblings`, `app` answers for all of them, where `sum_up` makes the details of all.
    """

    async def live(_request: web.Request) -> web.Response:
        return web.json_response({"live": True})

    async def ready(_request: web.Request) -> web.Response:
        missing = await readiness()
        document = {"ready": not missing, "missing": dict(missing), **details()}
        return web.json_response(document, status=503 if missing else 200)

    async def metrics(_request: web.Request) -> web.Response:
        return whole_health.figures(generate_latest(registry))

    own = web.Application() if siblings else app
    own.router.add_get("/health/live", live)
    own.router.add_get("/health/ready", ready)
    own.router.add_get("/metrics", metrics)
    if siblings:
        whole_health.add_routes(app, own, siblings, sum_up=sum_up)
