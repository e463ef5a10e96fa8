"""How fast an empty registry gets what another one has, and what that costs."""

import asyncio
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from resource import RUSAGE_CHILDREN, getrusage
from typing import Final, NamedTuple

from console.local.packages.programs import REGISTRY, SKOPEO
from console.local.processes import log_files
from console.local.report import LocalError, to_stderr
from console.local.servers.registry import Registry
from tests.bench import cost, images
from tests.bench.copiers import COPIERS, SKOPEO_COPY, Commands, Way
from tests.bench.figures import Aim, Figure, Section
from tests.bench.images import Digests, Kind
from tests.bench.scale import Scale
from tests.bench.servers import Place, Servers
from tests.factories import make_event
from tests.forwarding import opened, record

_LOOK: Final = 0.05
_NOTE: Final = """\
From one real registry into another that is empty, each image of its own repository and no layer
shared. skopeo copy: a command for each image. Seconds are those from the start of the first command
to the end of the last. memory: the most that one process of it ever had resident."""


class _Took(NamedTuple):
    seconds: float
    client: float
    registries: float
    megabytes: float


async def measure(servers: Servers, scale: Scale) -> Section:
    """Raises LocalError where there is no registry, or no skopeo."""
    REGISTRY.found()
    SKOPEO.found()
    few, size = scale.large_images
    small = Kind("small", scale.small_images, layers=2, size=16 * 1024)
    large = Kind("large", few, layers=4, size=size // 4)
    figures: list[Figure] = []
    for kind in (small, large):
        async with servers.place() as place:
            figures += _figures(kind, await _rounds(servers, place, kind, scale.rounds))
    title = f"copying, {small.many:,} small images, {few} of {size / 1e6:.0f} MB"
    aims = [
        Aim(_rate(small), SKOPEO_COPY, ratio=3),
        Aim(_rate(large), SKOPEO_COPY, ratio=0.9),
    ]
    return Section(title, figures, _NOTE, aims)


async def _rounds(
    servers: Servers, place: Place, kind: Kind, rounds: int
) -> Mapping[str, Sequence[_Took]]:
    took: dict[str, list[_Took]] = {name: [] for name in COPIERS}
    async with opened(place.database_url) as pool:
        await record(pool, [make_event(repository=one) for one in kind.repositories])
    with Registry(place.directory / "source") as source:
        digests = await images.fill(source, kind)
        for _ in range(rounds):
            for name, commands in COPIERS.items():
                to_stderr(f"  {kind.name}, {name} ...")
                took[name].append(await _copied(servers, place, source, digests, commands))
    return took


async def _copied(
    servers: Servers, place: Place, source: Registry, digests: Digests, commands: Commands
) -> _Took:
    directory = place.directory / "target"
    shutil.rmtree(directory, ignore_errors=True)
    with Registry(directory) as target:
        way = Way(source, target, list(digests), place.directory)
        both = [*source.processes, *target.processes]
        pids = [one.pid for one in both if one.pid]
        # What was written before shall not be paid for now.
        await asyncio.to_thread(os.sync)
        await servers.rest(both)
        registries, client = sum(map(cost.cpu_seconds, pids)), _children()
        started, megabytes = time.perf_counter(), 0.0
        for command in commands(way):
            megabytes = max(megabytes, await _run(place, command))
        seconds = time.perf_counter() - started
        client = _children() - client
        registries = sum(map(cost.cpu_seconds, pids)) - registries
        if lacking := await images.missing(target, digests):
            raise LocalError(f"{command[0]} left {len(lacking)} of {len(digests)} images behind")
    return _Took(seconds, client, registries, megabytes)


async def _run(place: Place, command: Sequence[str]) -> float:
    """The most memory it was seen to have, in megabytes."""
    path = place.directory / "copying.log"
    urls = {"DATABASE_URL": place.database_url, "AMQP_URL": place.amqp_url}
    with log_files.opened(path) as log:
        process = await asyncio.create_subprocess_exec(
            *command, stdout=log, stderr=log, env={**os.environ, **urls}
        )
    ended = asyncio.ensure_future(process.wait())
    megabytes = 0.0
    while not ended.done():
        with suppress(OSError):
            megabytes = max(megabytes, cost.peak_megabytes(process.pid))
        await asyncio.wait({ended}, timeout=_LOOK)
    if process.returncode:
        raise LocalError(f"{command[0]} ended with {process.returncode}; {log_files.end(path)}")
    return megabytes


def _children() -> float:
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _rate(kind: Kind) -> str:
    return f"{kind.name}: {'images/s' if kind.name == 'small' else 'MB/s'}"


def _figures(kind: Kind, took: Mapping[str, Sequence[_Took]]) -> Iterator[Figure]:
    much, unit = (kind.many, "images") if kind.name == "small" else (kind.megabytes, "MB")
    for name, rounds in took.items():
        paces = tuple(much / one.seconds for one in rounds)
        yield Figure(_rate(kind), name, f"{unit}/s", paces)
    costs: Mapping[str, Callable[[_Took], float]] = {
        "client CPU s": lambda one: one.client,
        "registries' CPU s": lambda one: one.registries,
        "memory MB": lambda one: one.megabytes,
    }
    for measure, of in costs.items():
        for name, rounds in took.items():
            values = tuple(of(one) for one in rounds)
            yield Figure(f"{kind.name}: {measure}", name, measure, values, is_cost=True)
