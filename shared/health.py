"""/health/live, /health/ready and /metrics, alike in every service."""

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest

Missing = Mapping[str, str]
Readiness = Callable[[], Awaitable[Missing]]
Details = Callable[[], Mapping[str, object]]


def add_routes(
    app: web.Application,
    *,
    readiness: Readiness,
    registry: CollectorRegistry,
    details: Details = dict,
) -> None:
    """Live: the loop answers. Ready: nothing is missing; the JSON names what is, and why.

    `details` stand beside it: what the console shows and no metric may carry as a label.
    """

    async def live(_request: web.Request) -> web.Response:
        return web.json_response({"live": True})

    async def ready(_request: web.Request) -> web.Response:
        missing = await readiness()
        document = {"ready": not missing, "missing": dict(missing), **details()}
        return web.json_response(document, status=503 if missing else 200)

    async def metrics(_request: web.Request) -> web.Response:
        return web.Response(
            body=generate_latest(registry),
            headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"},
        )

    app.router.add_get("/health/live", live)
    app.router.add_get("/health/ready", ready)
    app.router.add_get("/metrics", metrics)
