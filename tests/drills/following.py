"""Drill 12: sites follow the geo log over the database and over HTTP, and all is cut and killed."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from typing import NamedTuple

from console.local.network.ports import LOOPBACK
from console.local.processes.process import Process
from tests.drills.chance import CHANCE
from tests.drills.drill import Drill
from tests.drills.load import under_load
from tests.drills.proxy import Proxy
from tests.drills.stage import Stage
from tests.followers import END, handed_on
from tests.processes import Processes, Service
from tests.serving import new_token
from tests.sites import opened
from tests.waiting import eventually

CATCH_UP_SECONDS = 300
# How many of the cuts come between two messages.
CUT_BETWEEN = 0.5
SERVED = "oslo"
CURSOR = "SELECT cursor FROM geo_sites WHERE name = $1"
# As if the lease of a follower that was killed were over.
LAPSE = "UPDATE geo_sites SET follower_until = now() WHERE name = $1"


@dataclass
class Site:
    """Its followers come one after another; each has a log of its own."""

    name: str
    processes: Processes
    options: Sequence[str]
    settings: Mapping[str, str] = field(default_factory=dict)
    runs: list[Process] = field(default_factory=list)

    def start(self) -> None:
        arguments = ("geo", "follow", "--batch", "20", *self.options)
        self.runs.append(self.processes.start_command(*arguments, **self.settings))

    async def hears(self) -> bool:
        """Whether the follower of now has handed anything on."""
        return bool(handed_on(self.runs[-1]))

    def faults(self, last: int) -> Sequence[str]:
        """What of the ids from 1 to `last` was left out, or came in another order."""
        runs = [ids for run in self.runs if (ids := handed_on(run))]
        steps = [step for ids in runs for step in pairwise(ids)]
        ends = [0, *(ids[-1] for ids in runs)]
        begins = [(end, ids[0]) for end, ids in zip(ends, runs, strict=False)]
        wrong = {
            "lost": len(set(range(1, last + 1)).difference(*runs)),
            "left out on the way": sum(now > before + 1 for before, now in (*begins, *steps)),
            "out of order": sum(now <= before for before, now in steps),
        }
        return [f"{self.name}: {count} {what}" for what, count in wrong.items() if count]

    @property
    def told(self) -> str:
        ids = [one for run in self.runs for one in handed_on(run)]
        again = len(ids) - len(set(ids))
        return (
            f"{self.name} {len(set(ids)):,} changes, {again} again after {len(self.runs) - 1} kills"
        )


class Scene(NamedTuple):
    sites: Sequence[Site]
    served: Service
    proxies: Sequence[Proxy]


async def followed(stage: Stage) -> None:
    ports = await stage.start(workers=2, worker_batch_size=20)
    async with _scene(stage) as scene:
        async with under_load(stage.sender(ports), senders=2), _harm(stage, scene):
            await asyncio.gather(*(_kill_again_and_again(stage, one) for one in scene.sites))
        await stage.recorded(stage.ledger.accepted, seconds=CATCH_UP_SECONDS)
        await asyncio.gather(*(_to_its_end(stage, one) for one in scene.sites))
        torn = sum(proxy.torn for proxy in scene.proxies)
        stage.note = ", ".join([*(site.told for site in scene.sites), f"{torn} connections torn"])


@asynccontextmanager
async def _scene(stage: Stage) -> AsyncIterator[Scene]:
    """Proxies: one site's to the database, the service's to it, the other site's to the service."""
    postgres = stage.servers.postgres.port
    proxies = [await stage.exits.enter_async_context(Proxy(postgres).running()) for _ in range(2)]
    served = await asyncio.to_thread(stage.behind(database_port=proxies[0].port).geo_serve)
    proxies.append(await stage.exits.enter_async_context(Proxy(served.port).running()))
    async with opened(stage.processes.database_url) as pool:
        token = await new_token(pool, SERVED)
    url = f"http://{LOOPBACK}:{proxies[2].port}"
    sites = (
        Site("lima", stage.behind(database_port=proxies[1].port), ["--site", "lima"]),
        Site(SERVED, stage.behind(), ["--from", url], {"geo_token": token}),
    )
    for site in sites:
        site.start()
    yield Scene(sites, served, proxies)
    logs = "".join(one.log.read_text() for one in (served.process, *sites[1].runs))
    stage.check(holds=token not in logs, otherwise="a token in a log")


@asynccontextmanager
async def _harm(stage: Stage, scene: Scene) -> AsyncIterator[None]:
    """Connections are cut, and the service is killed, until the block ends."""
    ended = asyncio.Event()
    striking = [
        asyncio.ensure_future(_cut(scene.proxies, ended)),
        asyncio.ensure_future(_kill(stage, scene.served, ended)),
    ]
    try:
        yield
    finally:
        ended.set()
        await asyncio.gather(*striking)


async def _cut(proxies: Sequence[Proxy], ended: asyncio.Event) -> None:
    while not ended.is_set():
        proxy = CHANCE.choice(proxies)
        if CHANCE.random() < CUT_BETWEEN:
            proxy.cut()
        else:
            proxy.cut_in_the_middle()
        await asyncio.sleep(CHANCE.random())
        proxy.heal()


async def _kill(stage: Stage, served: Service, ended: asyncio.Event) -> None:
    """Not before it has served something again: a site would only wait ever longer."""
    while not ended.is_set():
        cursor = await stage.ask(CURSOR, SERVED)
        await asyncio.sleep(CHANCE.uniform(0, 3))
        await asyncio.to_thread(served.kill)
        served.restart()
        await asyncio.to_thread(served.wait_until_ready)
        await eventually(partial(_moves, stage, cursor), CATCH_UP_SECONDS)


async def _moves(stage: Stage, cursor: int) -> bool:
    return bool(await stage.ask(CURSOR, SERVED) > cursor)


async def _kill_again_and_again(stage: Stage, site: Site) -> None:
    for _ in range(stage.scale.kills if stage.scale.strict else 1):
        await eventually(site.hears, CATCH_UP_SECONDS)
        await asyncio.sleep(CHANCE.random())
        await asyncio.to_thread(site.runs[-1].kill)
        if not stage.scale.strict:
            await stage.ask(LAPSE, site.name)
        site.start()


async def _to_its_end(stage: Stage, site: Site) -> None:
    last = await stage.ask(END)

    async def has_all() -> bool:
        return bool(await stage.ask(CURSOR, site.name) == last)

    await eventually(has_all, CATCH_UP_SECONDS)
    await Service(site.runs[-1], 0).terminate()
    stage.problems += site.faults(last)


DRILLS = (Drill("sites that follow, cut and killed", followed),)
