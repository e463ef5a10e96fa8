"""The ceiling: aiohttp, msgspec and the minimal publisher; 200 after the broker's confirms."""

import hmac
import os
from collections.abc import AsyncIterator

import msgspec
from aiohttp import web

from shared.amqp.topology import routing_key
from tests.bench.contenders.minimal_publisher import MinimalPublisher
from tests.bench.contenders.serving import serve

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


if __name__ == "__main__":
    serve(_take, _broker)
