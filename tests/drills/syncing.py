"""Drill 13: a registry is synced to another one while all that takes part in it is killed.

Each push is told of until it is taken: what a registry that is killed does not tell is drill 14's.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial

from console.local.network.ports import LOOPBACK, free_port
from console.local.packages.programs import REGISTRY, SKOPEO, ensure
from console.local.processes.process import Process
from console.local.servers.server import Server
from tests.drills.chance import CHANCE
from tests.drills.drill import Drill
from tests.drills.load import Sender
from tests.drills.proxy import Proxy
from tests.drills.stage import Stage
from tests.factories import make_event
from tests.followers import END
from tests.pairs import Pair, assert_equal, running_pair, tags
from tests.syncing import SITE
from tests.waiting import eventually

EQUAL_SECONDS = 300
IMAGES = ("one", "two", "three", "four")
TAGS = ("v1", "v2", "latest")
PUSHERS = 2
# Each way, so that copying is under way when it is cut.
DELAY = 0.01
CLAIMED = "SELECT max(held_until) FROM geo_pending"
# As if the leases of a sync that was killed were over, and what has failed came again.
LAPSE = "UPDATE geo_pending SET held_until = NULL, due_at = now()"
AT_REST = """
SELECT cursor = $2 AND NOT EXISTS (SELECT FROM geo_pending) FROM geo_sites WHERE name = $1
"""

Strike = Callable[[], Awaitable[object]]


@dataclass
class Sync:
    """One process after another, beside what is pushed."""

    stage: Stage
    pair: Pair
    secondary: Proxy
    processes: list[Process] = field(default_factory=list)

    def start(self) -> None:
        registries = (
            *("--primary", f"http://{self.pair.primary.address}"),
            *("--secondary", f"http://{LOOPBACK}:{self.secondary.port}"),
        )
        arguments = ("geo", "sync", "--site", SITE, "--concurrency", "2", *registries)
        listen = f"{LOOPBACK}:{free_port()}"
        self.processes.append(
            self.stage.processes.start_command(*arguments, geo_sync_listen=listen)
        )

    async def kill(self) -> None:
        """At work: it has claimed something."""
        before = await self.stage.ask(CLAIMED)

        async def claims() -> bool:
            now = await self.stage.ask(CLAIMED)
            return now is not None and (before is None or now > before)

        await self.stage.expect(claims, "nothing is synced")
        await asyncio.sleep(CHANCE.uniform(0, 0.1))
        await asyncio.to_thread(self.processes[-1].kill)
        if not self.stage.scale.strict:
            await self.stage.ask(LAPSE)
        self.start()


async def synced(stage: Stage) -> None:
    ensure((REGISTRY, SKOPEO))
    sender = stage.sender(await stage.start())
    with running_pair(stage.processes.directory) as pair:
        for image in IMAGES:
            pair.layout.add_image(image, seed=image)
        secondary = await stage.exits.enter_async_context(Proxy(pair.secondary.port).running())
        secondary.delay = DELAY
        sync = Sync(stage, pair, secondary)
        sync.start()
        repositories = [f"team/app-{number}" for number in range(2 * stage.scale.pushes)]
        async with _pushing(pair, sender, repositories):
            for strike in _strikes(stage, sync):
                await asyncio.sleep(CHANCE.random())
                await strike()
        await stage.recorded(stage.ledger.accepted, seconds=EQUAL_SECONDS)
        await eventually(partial(_at_rest, stage), EQUAL_SECONDS)
        pushed = [one for one in repositories if await tags(pair.primary, one)]
        await assert_equal(pair, *pushed)
        count = sum([len(await tags(pair.secondary, one)) for one in pushed])
    stage.note = f"{count} tags in {len(pushed)} repositories are equal"


def _strikes(stage: Stage, sync: Sync) -> Sequence[Strike]:
    """In any order, but for the last one: what failed before is claimed again by its successor."""
    servers = (sync.pair.primary, sync.pair.secondary, stage.servers.postgres)
    rounds = max(stage.scale.kills // 3, 1)
    strikes: list[Strike] = [partial(_replace, one) for one in servers for _ in range(rounds)]
    strikes += [sync.kill] * (stage.scale.kills - 1)
    CHANCE.shuffle(strikes)
    return [*strikes, sync.kill]


async def _replace(server: Server) -> None:
    await asyncio.to_thread(server.kill)
    await asyncio.sleep(CHANCE.random())
    await asyncio.to_thread(server.start)


@asynccontextmanager
async def _pushing(pair: Pair, sender: Sender, repositories: Sequence[str]) -> AsyncIterator[None]:
    """Any image under any tag, until the block ends."""
    ended = asyncio.Event()

    async def push() -> None:
        while not ended.is_set():
            repository, tag = CHANCE.choice(repositories), CHANCE.choice(TAGS)
            await _push(pair, CHANCE.choice(IMAGES), f"{repository}:{tag}")
            await sender.post_until_taken([make_event(repository=repository, target={"tag": tag})])

    pushing = [asyncio.ensure_future(push()) for _ in range(PUSHERS)]
    try:
        yield
    finally:
        ended.set()
        await asyncio.gather(*pushing)


async def _push(pair: Pair, image: str, to: str) -> None:
    """Until it is said to be there: what was cut may be there too, but nobody would be told."""

    async def is_pushed() -> bool:
        with suppress(AssertionError):
            await asyncio.to_thread(pair.push, image, to)
            return True
        return False

    await eventually(is_pushed)


async def _at_rest(stage: Stage) -> bool:
    return bool(await stage.ask(AT_REST, SITE, await stage.ask(END)))


DRILLS = (Drill("a sync and all around it killed", synced, is_brief=False),)
