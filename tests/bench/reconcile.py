"""What comparing a whole registry with its records takes, of whom."""

import asyncio
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from resource import RUSAGE_CHILDREN, getrusage
from typing import Final, NamedTuple

import aiohttp
from yarl import URL

from console.local.demonstration.image import MANIFEST
from console.local.network.ports import LOOPBACK, free_port
from console.local.servers.registry import Registry
from geo.registry.client import Registry as Client
from geo.registry.credentials import Credentials
from geo.registry.location import Location
from geo.registry.manifest import Manifest
from tests.bench import backlog, cost
from tests.bench.figures import OURS, Figure, Section
from tests.bench.scale import Scale
from tests.bench.servers import Place, Servers
from tests.waiting import eventually

_NOTE: Final = """\
A real registry with so many repositories of one tag each, as fast as it answers: 8 requests at once
and no other limit (the command's own is 50 a second: 200 s for 5,000 of them). unknown: nothing is
recorded, so that each tag is looked at twice and published. known: all is, and is written down as
seen. unchanged: as each night's run, which writes nothing."""
_TAG: Final = "v1"
_CONFIG: Final = b"{}"
_CONFIG_KIND: Final = "application/vnd.oci.image.config.v1+json"
_DIGEST: Final = f"sha256:{hashlib.sha256(_CONFIG).hexdigest()}"
_AT_ONCE: Final = 16
_RECORDED: Final = "SELECT count(*) FROM tracking_events WHERE id_from = 'reconciled'"
_DEADLINE: Final = 300.0


class _Took(NamedTuple):
    seconds: float
    cpu: float
    registry: float
    postgres: float


async def measure(servers: Servers, scale: Scale) -> Section:
    """One round: the first run leaves what the others find."""
    listen = f"{LOOPBACK}:{free_port()}"
    async with servers.place() as place:
        with Registry(place.directory / "registry") as registry:
            await _fill(registry, scale.repositories)
            with place.running("console", "worker", REGISTRY_EVENTS_WORKER_LISTEN=listen):
                took = {"unknown": await _reconciled(servers, place, registry)}

                async def recorded() -> bool:
                    return bool(
                        await backlog.query(place.database_url, _RECORDED) == scale.repositories
                    )

                await eventually(recorded, _DEADLINE)
                for story in ("known", "unchanged"):
                    took[story] = await _reconciled(servers, place, registry)
    figures = [one for story, seen in took.items() for one in _figures(story, seen)]
    return Section(f"reconcile, {scale.repositories:,} repositories", figures, _NOTE)


def _figures(story: str, took: _Took) -> Sequence[Figure]:
    measures = {
        "s": took.seconds,
        "CPU s": took.cpu,
        "CPU s of the registry": took.registry,
        "CPU s of Postgres": took.postgres,
    }
    return [
        Figure(f"{story}: {measure}", OURS, "s", (value,), is_cost=True)
        for measure, value in measures.items()
    ]


async def _reconciled(servers: Servers, place: Place, registry: Registry) -> _Took:
    (process,) = registry.processes
    assert process.pid
    before = (cost.cpu_seconds(process.pid), servers.cpu_seconds()["Postgres"], _children())
    started = time.perf_counter()
    await asyncio.to_thread(_run, place, registry.url)
    seconds = time.perf_counter() - started
    after = (cost.cpu_seconds(process.pid), servers.cpu_seconds()["Postgres"], _children())
    of_registry, of_postgres, ours = (
        late - early for late, early in zip(after, before, strict=True)
    )
    return _Took(seconds, ours, of_registry, of_postgres)


def _children() -> float:
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _run(place: Place, url: str) -> None:
    subprocess.run(
        [
            *(sys.executable, "-m", "console", "reconcile", "--registry", url),
            *("--settle", "0s", "--rate", "1000000/s", "-o", "json"),
        ],
        env={**os.environ, "AMQP_URL": place.amqp_url, "DATABASE_URL": place.database_url},
        stdout=subprocess.DEVNULL,
        check=True,
        timeout=_DEADLINE,
    )


async def _fill(registry: Registry, repositories: int) -> None:
    """Each with an image of its own; a blob is what a repository needs to be in the catalogue."""
    names = iter(f"team-{number % 50}/app-{number}" for number in range(repositories))
    first = next(names)
    location = Location.parse(registry.url)
    async with Client(location, credentials=Credentials.none(), tls=None) as client:
        await _upload(registry.url, first)
        await client.put_manifest(first, _TAG, _manifest(first))

        async def fill() -> None:
            for name in names:
                await client.mount(name, _DIGEST, from_repository=first)
                await client.put_manifest(name, _TAG, _manifest(name))

        await asyncio.gather(*(fill() for _ in range(_AT_ONCE)))


async def _upload(url: str, repository: str) -> None:
    async with aiohttp.ClientSession(raise_for_status=True) as http:
        async with http.post(f"{url}/v2/{repository}/blobs/uploads/") as begun:
            place = URL(begun.headers["Location"])
        await http.put(place.update_query(digest=_DIGEST), data=_CONFIG)


def _manifest(name: str) -> Manifest:
    config = {"mediaType": _CONFIG_KIND, "digest": _DIGEST, "size": len(_CONFIG)}
    content = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": []}
    body = json.dumps({**content, "annotations": {"name": name}}).encode()
    return Manifest(MANIFEST, f"sha256:{hashlib.sha256(body).hexdigest()}", body)
