"""Drill 4: what networks do, between each two of the parts."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from tests.drills.drill import Drill
from tests.drills.load import Sender, under_load
from tests.drills.proxy import Proxy
from tests.drills.stage import Stage

# Seconds; the broker's default heartbeat would make silence last longer than the drill.
SETTINGS: dict[str, Any] = {"amqp_heartbeat": 2, "database_timeout": 2, "ingest_deadline": 2}
DELAY = 0.03


async def slow(stage: Stage) -> None:
    sender, proxies = await _network(stage)
    async with under_load(sender):
        for proxy in proxies:
            proxy.delay = DELAY
        await asyncio.sleep(stage.scale.load * 2)
        for proxy in proxies:
            proxy.delay = 0
        await stage.recover(sender)


async def cut(stage: Stage) -> None:
    sender, proxies = await _network(stage)
    async with under_load(sender):
        for number in range(stage.scale.kills * 2):
            proxy = proxies[number % len(proxies)]
            await _tear(stage, proxy)
            await asyncio.sleep(0.3)
        await stage.recover(sender)
    stage.note = f"connections cut: {[proxy.torn for proxy in proxies]}"


async def _tear(stage: Stage, proxy: Proxy) -> None:
    before = proxy.torn

    async def is_torn() -> bool:
        return proxy.torn > before

    proxy.cut_in_the_middle()
    await stage.expect(is_torn, "nothing was cut")
    proxy.heal()


def swallowed(which: int) -> Callable[[Stage], Awaitable[None]]:
    async def play(stage: Stage) -> None:
        sender, proxies = await _network(stage)
        async with under_load(sender):
            await asyncio.sleep(stage.scale.load)
            proxies[which].swallow()
            await asyncio.sleep(stage.scale.hole)
            proxies[which].heal()
            stage.check(holds=proxies[which].swallowed > 0, otherwise="nothing was swallowed")
            await stage.recover(sender)

    return play


async def _network(stage: Stage) -> tuple[Sender, Sequence[Proxy]]:
    """Proxies: senders to ingest, ingest to the broker, the worker to broker and database."""
    rabbitmq, postgres = stage.servers.rabbitmq.port, stage.servers.postgres.port
    publishing, consuming, recording = [
        await stage.exits.enter_async_context(Proxy(port).running())
        for port in (rabbitmq, rabbitmq, postgres)
    ]
    behind = stage.behind(amqp_port=publishing.port)
    (port,) = await stage.start(workers=0, processes=behind, **SETTINGS)
    worker = stage.behind(amqp_port=consuming.port, database_port=recording.port)
    await stage.start(ingests=0, processes=worker, **SETTINGS)
    entrance = await stage.exits.enter_async_context(Proxy(port).running())
    return stage.sender([entrance.port]), (entrance, publishing, consuming, recording)


DRILLS = (
    Drill("a slow network", slow, is_brief=False),
    Drill("connections cut in mid-frame", cut),
    Drill("silence before ingest", swallowed(0), is_brief=False),
    Drill("silence between ingest and broker", swallowed(1)),
    Drill("silence between broker and worker", swallowed(2), is_brief=False),
    Drill("silence between worker and Postgres", swallowed(3), is_brief=False),
)
