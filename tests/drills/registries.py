"""Drill 8: the real registry with its real retry; the ledger holds the tags that were pushed."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from console.local.demonstration.image import Layout
from console.local.network.ports import LOOPBACK
from console.local.packages.programs import REGISTRY, SKOPEO, ensure
from console.local.servers.registry import Registry
from ingest.notifications import PATHS
from tests.drills.drill import Drill
from tests.drills.ledger import ACCEPTED
from tests.drills.proxy import Proxy
from tests.drills.stage import Stage
from tests.running import TOKEN

# Each way; the registry gives up after half a second.
DELAY = 0.4
DOWN_SECONDS_OF_FULL = 20
TAGS = "SELECT tag AS event_id FROM tracking_events WHERE action = 'push_tag'"


class Pusher:
    def __init__(self, stage: Stage, registry: Registry, layout: Layout) -> None:
        self._stage, self._registry, self._layout = stage, registry, layout
        self._number = 0

    async def push(self, times: int) -> None:
        for _ in range(times):
            self._number += 1
            tag = f"v{self._number}"
            self._layout.add_image(tag, seed=tag)
            events = [{"id": tag}]
            self._stage.ledger.offer(events)
            await asyncio.to_thread(self._copy, tag)
            # The registry has it; whatever its notifications meet, they may not be lost.
            self._stage.ledger.note(events, ACCEPTED)

    def _copy(self, tag: str) -> None:
        source = f"oci:{self._layout.directory}:{tag}"
        target = f"docker://{self._registry.address}/team/app:{tag}"
        command = ["skopeo", "copy", "--insecure-policy", "--dest-tls-verify=false"]
        subprocess.run([*command, source, target], check=True, capture_output=True, timeout=60)


async def ingest_down(stage: Stage) -> None:
    async with _registry(stage) as (pusher, _):
        await pusher.push(stage.scale.pushes)
        ingest = stage.services[0]
        await ingest.terminate()
        down = asyncio.ensure_future(asyncio.sleep(min(stage.scale.outage, DOWN_SECONDS_OF_FULL)))
        await pusher.push(stage.scale.pushes)
        await down
        ingest.restart()
        await pusher.push(stage.scale.pushes)
        await stage.recorded(stage.ledger.accepted, seconds=120)


async def slow_answers(stage: Stage) -> None:
    async with _registry(stage) as (pusher, proxy):
        await pusher.push(1)
        proxy.delay = DELAY
        await pusher.push(stage.scale.pushes)
        await asyncio.sleep(stage.scale.outage / 2)
        proxy.delay = 0
        await pusher.push(1)
        await stage.recorded(stage.ledger.accepted, seconds=120)
        await stage.expect(partial(_again, stage), "the registry repeated nothing")
        stage.note = f"{await _again(stage):.0f} events came again"


async def _again(stage: Stage) -> float:
    return await stage.metric(stage.services[1], "registry_events_worker_duplicates_total")


@asynccontextmanager
async def _registry(stage: Stage) -> AsyncIterator[tuple[Pusher, Proxy]]:
    ensure((REGISTRY, SKOPEO))
    stage.rows = TAGS
    (port,) = await stage.start()
    directory = stage.processes.directory
    async with Proxy(port).running() as proxy:
        endpoint = f"http://{LOOPBACK}:{proxy.port}{PATHS[0]}"
        registry = Registry(directory / "registry", endpoint, TOKEN)
        await asyncio.to_thread(registry.start)
        try:
            yield Pusher(stage, registry, Layout(directory / "layout")), proxy
        finally:
            await asyncio.to_thread(registry.stop)


DRILLS = (
    Drill("a real registry, ingest down", ingest_down),
    Drill("a real registry, answers too late", slow_answers, is_brief=False),
)
