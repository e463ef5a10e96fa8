"""Collectors of events, which take what their protocols allow and nothing else.

Of Snowplow by the public schema of `payload_data`, whose version stands in
`data/snowplow-payload-data.json`; of CloudEvents 1.0 by the attributes that its specification
demands.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from aiohttp import web

from console.local.network.ports import LOOPBACK, free_port

_SCHEMA: Final = json.loads((Path(__file__).parent / "data/snowplow-payload-data.json").read_text())
SNOWPLOW: Final = "/com.snowplowanalytics.snowplow/tp2"
CLOUDEVENTS: Final = "/events"
_ATTRIBUTES: Final = {"specversion", "id", "source", "type", "subject", "time", "datacontenttype"}


class Collector:
    """`taken` is what it answered 200 for, `wrong` what no collector would take.

    `answers` are status and headers for the next requests instead; a batch with an event of the
    repository `refuses` is 400; while `is_open` is not set it answers nobody.
    """

    def __init__(self) -> None:
        self.port = free_port()
        self.taken: list[dict[str, Any]] = []
        self.wrong: list[str] = []
        self.sizes: list[int] = []
        self.headers: list[Mapping[str, str]] = []
        self.answers: list[tuple[int, Mapping[str, str]]] = []
        self.refuses = ""
        self.is_open = asyncio.Event()
        self.is_open.set()
        self._runner: web.AppRunner | None = None

    def url(self, path: str = "", user: str = "") -> str:
        return f"http://{user}{LOOPBACK}:{self.port}{path}"

    @property
    def ids(self) -> list[str]:
        return [one.get("eid") or one["id"] for one in self.taken]

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post(SNOWPLOW, self._snowplow)
        app.router.add_post(CLOUDEVENTS, self._cloudevents)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, LOOPBACK, self.port).start()

    async def die(self) -> None:
        assert self._runner
        await self._runner.cleanup()

    async def _snowplow(self, request: web.Request) -> web.Response:
        document = await request.json()
        if request.content_type != "application/json" or set(document) != {"schema", "data"}:
            self.wrong.append(f"{request.content_type}: {document}")
        if document["schema"] != _SCHEMA["schema"]:
            self.wrong.append(document["schema"])
        self.wrong += structured_faults(document["data"])
        return await self._answer(request, document["data"], "se_la")

    async def _cloudevents(self, request: web.Request) -> web.Response:
        document = await request.json()
        batched = request.content_type == "application/cloudevents-batch+json"
        if not batched and request.content_type != "application/cloudevents+json":
            self.wrong.append(request.content_type)
        events = document if batched else [document]
        self.wrong += [fault for event in events for fault in _cloudevent_faults(event)]
        return await self._answer(request, events, "subject")

    async def _answer(
        self, request: web.Request, events: Sequence[dict[str, Any]], repository: str
    ) -> web.Response:
        self.headers.append(dict(request.headers))
        self.sizes.append(len(events))
        await self.is_open.wait()
        if self.answers:
            status, headers = self.answers.pop(0)
            return web.Response(status=status, headers=headers)
        if self.refuses and self.refuses in {event[repository] for event in events}:
            return web.Response(status=HTTPStatus.BAD_REQUEST, text=f"no {self.refuses}\x1b[2J")
        self.taken += events
        return web.Response()


def structured_faults(data: Any) -> list[str]:
    """What the public schema of `payload_data` says against it."""
    if not isinstance(data, list) or not data:
        return [f"no array of events: {data}"]
    faults = []
    for event in data:
        faults += [f"without {name}: {event}" for name in _SCHEMA["required"] if name not in event]
        faults += [f"{name}: {event}" for name in event if name not in _SCHEMA["members"]]
        faults += [f"{name}: {text}" for name, text in event.items() if not isinstance(text, str)]
        # Beyond the schema: what enrichment reads.
        UUID(event["eid"])
        int(event["dtm"])
    return faults


def _cloudevent_faults(event: Mapping[str, Any]) -> list[str]:
    """What the specification says against it: 3.1 of its version 1.0.2."""
    faults = [f"without {name}: {event}" for name in _ATTRIBUTES if not event.get(name)]
    faults += [f"unknown {name}: {event}" for name in set(event) - _ATTRIBUTES - {"data"}]
    if event["specversion"] != "1.0" or datetime.fromisoformat(event["time"]).tzinfo is None:
        faults.append(str(event))
    return faults


@asynccontextmanager
async def running_collector() -> AsyncIterator[Collector]:
    """One that takes everything until told otherwise; at the end nothing was wrong."""
    collector = Collector()
    await collector.start()
    try:
        yield collector
    finally:
        collector.is_open.set()
        await collector.die()
    assert collector.wrong == []
