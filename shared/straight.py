"""POSTs that reach their handler at once: a router and middlewares cost more than some handlers."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from aiohttp import hdrs, web

_Answer = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
# What may be put around the handler of a path.
Around = Callable[[Handler, str], Handler]
# By path. The application has routes for them too: for other methods, and paths in escapes.
Handlers = Mapping[str, Callable[..., Awaitable[web.StreamResponse]]]
HANDLERS: Final = web.AppKey[Handlers]("straight_handlers")


def unchanged(handler: Handler, _path: str) -> Handler:
    return handler


def lead_straight(server: web.Server, handlers: Handlers) -> None:
    """Let `server` pass plain POSTs to `handlers` and the rest to its application.

    Before it has a connection: each keeps the way that it found.
    """
    application: _Answer = server.request_handler

    def answer(request: web.BaseRequest) -> Awaitable[web.StreamResponse]:
        handler = handlers.get(request.rel_url.raw_path)
        # What is to happen before the body is sent, the application knows.
        if handler and request.method == hdrs.METH_POST and hdrs.EXPECT not in request.headers:
            return handler(request)
        return application(request)

    server.request_handler = answer
