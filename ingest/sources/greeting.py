"""The handshake before CloudEvents are delivered, in which an origin asks whether it may send.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/http-webhook.md, section 4. Nothing
proves who asks, and the answer lets nobody in: each delivery has to prove itself.
"""

import re
from typing import Final

from aiohttp import web

REGISTRIES: Final = frozenset({"acr-eventgrid", "harbor", "zot"})
_ORIGIN: Final = "WebHook-Request-Origin"
_PLACE: Final = re.compile(r"[\w.:*-]{1,255}", re.ASCII)


async def options(request: web.Request) -> web.Response:
    origin = request.headers.get(_ORIGIN, "")
    if not _PLACE.fullmatch(origin):
        raise web.HTTPMethodNotAllowed("OPTIONS", ["POST"])
    allowed = {"WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": "*"}
    return web.Response(headers={**allowed, "Allow": "OPTIONS, POST"})
