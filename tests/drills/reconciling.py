"""Drill 14: what a registry lost of its notifications is recorded, whatever is killed meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from io import BytesIO

from console.local.demonstration.image import MANIFEST, Layout
from console.local.network.ports import LOOPBACK
from console.local.packages.programs import REGISTRY, SKOPEO, ensure
from console.local.processes.process import Process
from console.local.servers.registry import Registry
from console.local.servers.server import Server
from ingest.notifications import PATHS
from tests.drills.chance import CHANCE
from tests.drills.drill import Drill
from tests.drills.ledger import ACCEPTED
from tests.drills.proxy import Proxy
from tests.drills.stage import Stage
from tests.pairs import skopeo
from tests.processes import Processes
from tests.running import TOKEN
from tests.waiting import eventually

END_SECONDS = 120
REPOSITORIES = 4
# Seconds, and requests a second; small, so that most of a run is work.
SETTLE, RATE = 0.3, 500
# Before the broker, so that it is not one moment in which all is published.
DELAY = 0.02
TAGS = "SELECT repository || ':' || tag AS event_id FROM tracking_events WHERE action = 'push_tag'"
BEGUN = "SELECT count(*) FROM reconcile_runs"

Strike = Callable[[Process], Awaitable[object]]


@dataclass
class Scene:
    """A registry, what is pushed there, and who compares it; the ledger holds the tags."""

    stage: Stage
    registry: Registry
    manifest: bytes
    behind: Processes
    number: int = 0
    cut: int = 0

    async def lose(self) -> None:
        """Push while ingest is away, until the registry forgets what it has not sent."""
        ingest = self.stage.services[0]
        await ingest.terminate()
        for _ in range(5 * self.stage.scale.pushes):
            self.number += 1
            await asyncio.gather(*(self._push(one) for one in range(REPOSITORIES)))
        await asyncio.to_thread(self.registry.kill)
        ingest.restart()
        await asyncio.to_thread(ingest.wait_until_ready)
        await asyncio.to_thread(self.registry.start)

    async def _push(self, repository: int) -> None:
        path, tag = f"team/app-{repository}", f"v{self.number}"
        events = [{"id": f"{path}:{tag}"}]
        self.stage.ledger.offer(events)
        url = f"http://{self.registry.address}/v2/{path}/manifests/{tag}"
        body, kind = BytesIO(self.manifest), {"Content-Type": MANIFEST}
        async with self.stage.http.put(url, data=body, headers=kind) as answer:
            assert answer.ok, await answer.text()
        self.stage.ledger.note(events, ACCEPTED)

    def reconcile(self) -> Process:
        registry = ("--registry", f"http://{self.registry.address}", "-o", "json")
        pace = ("--settle", f"{SETTLE}s", "--rate", f"{RATE}/s")
        return self.behind.start_command("reconcile", *registry, *pace)

    async def struck(self, strike: Strike, *, fills_in: bool = False) -> None:
        """A run that has something to fill in, met anywhere, or when it does so."""
        accepted = self.stage.ledger.accepted
        if not await self.stage.missing(accepted):
            await self.lose()
        missing = await self.stage.missing(accepted)
        before = await self.stage.ask(BEGUN)
        run = self.reconcile()

        async def is_there() -> bool:
            if fills_in:
                return await self.stage.missing(accepted) < missing
            return bool(await self.stage.ask(BEGUN) > before)

        await self.stage.expect(is_there, "nothing is compared")
        if not fills_in:
            await asyncio.sleep(CHANCE.uniform(0, SETTLE + 2 * len(accepted) / RATE))
        self.cut += run.running
        await strike(run)
        await eventually(partial(_has_ended, run), END_SECONDS)


async def reconciled(stage: Stage) -> None:
    async with _scene(stage) as scene:
        for number in range(stage.scale.kills if stage.scale.strict else 2):
            await scene.struck(_kill, fills_in=bool(number % 2))
        for server in (scene.registry, stage.servers.postgres):
            await scene.struck(partial(_replace, server))


async def broker_killed(stage: Stage) -> None:
    async with _scene(stage) as scene:
        await asyncio.to_thread(stage.servers.settle_tables)
        await scene.struck(partial(_replace, stage.servers.rabbitmq), fills_in=True)


@asynccontextmanager
async def _scene(stage: Stage) -> AsyncIterator[Scene]:
    """At its end all is filled in, and a further run finds nothing."""
    ensure((REGISTRY, SKOPEO))
    stage.rows = TAGS
    (port,) = await stage.start()
    directory = stage.processes.directory
    proxy = await stage.exits.enter_async_context(Proxy(stage.servers.rabbitmq.port).running())
    proxy.delay = DELAY
    with Registry(directory / "registry", f"http://{LOOPBACK}:{port}{PATHS[0]}", TOKEN) as registry:
        manifest = await asyncio.to_thread(_first_images, registry, Layout(directory / "layout"))
        kept = [{"id": f"team/app-{number}:kept"} for number in range(REPOSITORIES)]
        stage.ledger.offer(kept)
        stage.ledger.note(kept, ACCEPTED)
        await stage.recorded(stage.ledger.accepted, seconds=END_SECONDS)
        scene = Scene(stage, registry, manifest, stage.behind(amqp_port=proxy.port))
        yield scene
        await eventually(partial(_finds_nothing, scene), END_SECONDS)
        await stage.recorded(stage.ledger.accepted, seconds=END_SECONDS)
        stage.note = f"{scene.cut} runs were met while they ran"
        stage.check(holds=scene.cut > 0, otherwise="no run was met")


def _first_images(registry: Registry, layout: Layout) -> bytes:
    """One for each repository, of which others become tags; its manifest."""
    digest = layout.add_image("kept", seed="kept")
    for number in range(REPOSITORIES):
        place = f"docker://{registry.address}/team/app-{number}:kept"
        insecure = ("--insecure-policy", "--dest-tls-verify=false")
        skopeo("copy", *insecure, f"oci:{layout.directory}:kept", place)
    return (layout.directory / "blobs" / "sha256" / digest.removeprefix("sha256:")).read_bytes()


async def _kill(run: Process) -> None:
    await asyncio.to_thread(run.kill)


async def _replace(server: Server, _run: Process) -> None:
    await asyncio.to_thread(server.kill)
    await asyncio.to_thread(server.start)


async def _has_ended(run: Process) -> bool:
    return not run.running


async def _finds_nothing(scene: Scene) -> bool:
    """And so leaves nothing to be filled in."""
    run = scene.reconcile()
    await eventually(partial(_has_ended, run), END_SECONDS)
    return run.exit_code == 0 and '"drifts": []' in run.log.read_text()


DRILLS = (
    Drill("a reconcile and all around it killed", reconciled, is_brief=False),
    Drill("kill -9 the broker under a reconcile", broker_killed, is_brief=False),
)
