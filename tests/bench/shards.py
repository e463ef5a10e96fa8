"""Repositories spread over several queues, on one node of the broker and on three."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from console.local.servers.broker_cluster import BrokerCluster
from console.sharding.change import change
from shared.amqp import wire
from shared.amqp.channel import Channel
from shared.amqp.nodes import Nodes
from shared.amqp.shards import Wanted, declare
from tests.bench import backlog
from tests.bench.drain import rate
from tests.bench.figures import OURS, Figure, Section
from tests.bench.scale import Scale
from tests.bench.servers import Place, Servers
from tests.bench.workers import OUR_WORKER

_NODES: Final = 3
_SHARDS: Final = (1, 4)
_FOLLOWING_SECONDS: Final = 60.0
_NOTE: Final = """\
One publisher and one worker, both on one connection to the first node. published: confirmed while
the worker stands still, recorded: what it does then, from a full queue or four. On a machine whose
cores the broker, the database and both of ours share, more queues, and more so three nodes, cost
more than they give: they are for brokers of which one node is busy while others are idle."""


@dataclass(frozen=True, slots=True)
class _Seen:
    published: float
    recorded: float


async def measure(servers: Servers, scale: Scale) -> Section:
    with (
        TemporaryDirectory(prefix="registry-events-") as name,
        BrokerCluster(Path(name) / "rabbitmq", _NODES, fast=True) as cluster,
    ):
        brokers = {"one node": servers, "three nodes": replace(servers, rabbitmq=cluster.nodes[0])}
        cases = list(product(brokers, _SHARDS))
        seen: dict[tuple[str, int], list[_Seen]] = {case: [] for case in cases}
        for _ in range(scale.rounds):
            for broker, shards in cases:
                seen[broker, shards].append(await _round(brokers[broker], shards, scale.drained))
    figures = [
        Figure(f"{broker}, {verb} events/s: {shards}", OURS, "events/s", values)
        for verb in ("published", "recorded")
        for broker, shards in cases
        for values in [tuple(getattr(one, verb) for one in seen[broker, shards])]
    ]
    return Section(f"queues that repositories share, {scale.drained:,} events", figures, _NOTE)


async def _round(servers: Servers, shards: int, count: int) -> _Seen:
    async with servers.place() as place:
        await backlog.preload(place.amqp_url, 0, shards)
        with OUR_WORKER.running(place, shards) as worker:
            await OUR_WORKER.ready(place)
            async with _channel(place, shards) as channel:
                await change(channel, shards, seconds=_FOLLOWING_SECONDS, say=lambda _: None)
            await servers.rest([worker])
            worker.pause()
            seconds = await backlog.preload(place.amqp_url, count, shards)
            await servers.rest()
            worker.resume()
            await backlog.recorded(place.database_url, count)
            return _Seen(count / seconds, await rate(place))


@asynccontextmanager
async def _channel(place: Place, shards: int) -> AsyncIterator[Channel]:
    plug = wire.Wire()
    async with wire.connected(Nodes(place.amqp_url), name="bench", wire=plug) as connection:
        outer = await connection.channel()
        await declare(outer, Wanted(shards))
        yield await Channel.of(outer, plug)
