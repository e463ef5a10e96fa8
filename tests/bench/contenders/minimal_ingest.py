"""The ceiling: aiohttp, msgspec and the minimal publisher; 200 after the broker's confirms."""

import hmac
import os
from collections.abc import AsyncIterator

import msgspec
import uvloop
from aiohttp import web

from console.local.ports import LOOPBACK
from ingest.notifications import PATHS
from shared.amqp.topology import routing_key
from tests.bench.contenders.minimal_publisher import MinimalPublisher

_TOKEN = f"Bearer {os.environ['REGISTRY_EVENTS_TOKENS']}".encode()
_PUBLISHER = web.AppKey("publisher", MinimalPublisher)


class Target(msgspec.Struct):
    repository: str
    tag: str | None = None
    digest: str | None = None


class Event(msgspec.Struct):
    id: str
    timestamp: str
    action: str
    target: Target


class Envelope(msgspec.Struct):
    events: list[msgspec.Raw]


_envelopes = msgspec.json.Decoder(Envelope)
_events = msgspec.json.Decoder(Event)


async def _take(request: web.Request) -> web.Response:
    if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), _TOKEN):
        return web.Response(status=401)
    try:
        texts = _envelopes.decode(await request.read()).events
        messages = [(routing_key(_events.decode(text).action), bytes(text)) for text in texts]
    except msgspec.DecodeError:
        return web.Response(status=400)
    await request.app[_PUBLISHER].publish(messages)
    return web.json_response({"accepted": len(messages)})


async def _broker(app: web.Application) -> AsyncIterator[None]:
    app[_PUBLISHER] = await MinimalPublisher.connected(os.environ["AMQP_URL"])
    yield


def main() -> None:
    app = web.Application()
    app.router.add_post(PATHS[0], _take)
    app.cleanup_ctx.append(_broker)
    port, loop = int(os.environ["PORT"]), uvloop.new_event_loop()
    web.run_app(app, host=LOOPBACK, port=port, access_log=None, shutdown_timeout=1, loop=loop)


if __name__ == "__main__":
    main()
