"""A broker of three nodes, of which one dies, freezes, is cut off, or is started again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from console.local.servers.broker_cluster import Node
from shared.amqp.topology import EVENTS_QUEUE
from tests.drills.cluster_servers import NODES, ClusterServers
from tests.drills.drill import Drill
from tests.drills.load import Sender, under_load
from tests.drills.stage import Stage

# What is promised when a node dies.
BACK_SECONDS = 2.0
_INGEST = "registry-events ingest"


async def leader_killed(stage: Stage) -> None:
    async with _loaded(stage) as sender:
        await _kill(stage, sender, await _leader(stage))


async def ingests_killed(stage: Stage) -> None:
    """The node that ingest is connected to, whatever else it is."""
    async with _loaded(stage) as sender:
        await _kill(stage, sender, await _ingests(stage))


async def leader_frozen(stage: Stage) -> None:
    async with _loaded(stage) as sender:
        await _freeze(stage, sender, await _leader(stage))


async def ingests_frozen(stage: Stage) -> None:
    async with _loaded(stage) as sender:
        await _freeze(stage, sender, await _ingests(stage))


async def partitioned(stage: Stage) -> None:
    """The leader is alone, and the two others have another one."""
    async with _loaded(stage) as sender:
        alone = await _leader(stage)
        async with _servers(stage).cut_off(alone):
            await stage.recover(sender)
            stage.check(
                holds=await _leader(stage, beside=alone) is not alone,
                otherwise="it still leads its queue",
            )
            await asyncio.sleep(stage.scale.outage)
        await _servers(stage).whole()
        await stage.recover(sender)


async def rolled(stage: Stage) -> None:
    async with _loaded(stage) as sender:
        for node in _servers(stage).cluster.nodes:
            await asyncio.to_thread(node.stop)
            await asyncio.to_thread(node.start)
            await _servers(stage).whole()
            await stage.recover(sender)


async def _kill(stage: Stage, sender: Sender, node: Node) -> None:
    await asyncio.to_thread(node.kill)
    await stage.recover(sender)
    stage.check(
        holds=not stage.scale.strict or (stage.taking or 0) <= BACK_SECONDS,
        otherwise=f"taking notifications again after {stage.taking:.1f} s only",
    )


async def _freeze(stage: Stage, sender: Sender, node: Node) -> None:
    """What is measured is without it."""
    node.pause()
    await stage.recover(sender)
    await asyncio.sleep(stage.scale.outage)
    node.resume()
    await _servers(stage).joined(node)


@asynccontextmanager
async def _loaded(stage: Stage) -> AsyncIterator[Sender]:
    sender = stage.sender(await stage.start(workers=2))
    async with under_load(sender):
        await asyncio.sleep(stage.scale.load)
        yield sender


async def _leader(stage: Stage, *, beside: Node | None = None) -> Node:
    """Of the work queue, by what a node says that answers, other than `beside`."""
    servers, leader = _servers(stage), ""

    async def is_led() -> bool:
        nonlocal leader
        call = (await asyncio.to_thread(servers.management_beside, beside)).call
        queue = await asyncio.to_thread(call, "GET", stage.queue_path(EVENTS_QUEUE))
        leader = queue.get("leader", "")
        # A member that is gone may be named for a moment.
        return len(queue.get("members", ())) == NODES and leader in queue.get("online", ())

    await stage.expect(is_led, "the queue has no leader and three replicas")
    return servers.node(leader)


async def _ingests(stage: Stage) -> Node:
    servers, name = _servers(stage), ""

    async def is_connected() -> bool:
        nonlocal name
        connections = await asyncio.to_thread(servers.management.call, "GET", "/api/connections")
        names = [
            one["node"]
            for one in connections
            if one.get("client_properties", {}).get("connection_name") == _INGEST
        ]
        name = names[0] if names else ""
        return bool(names)

    await stage.expect(is_connected, "ingest has no connection")
    return servers.node(name)


def _servers(stage: Stage) -> ClusterServers:
    return cast("ClusterServers", stage.servers)


DRILLS = (
    Drill("the leader of three nodes is killed", leader_killed, nodes=NODES, is_brief=False),
    Drill("the node that ingest uses is killed", ingests_killed, nodes=NODES, is_brief=False),
    Drill("the leader of three nodes is frozen", leader_frozen, nodes=NODES, is_brief=False),
    Drill("the node that ingest uses is frozen", ingests_frozen, nodes=NODES, is_brief=False),
    Drill("the leader of three nodes is cut off", partitioned, nodes=NODES, is_brief=False),
    Drill("one node after another is restarted", rolled, nodes=NODES, is_brief=False),
)
