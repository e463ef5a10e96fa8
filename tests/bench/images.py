"""Images of a registry that is to be copied, and whether another one has them."""

import asyncio
import gzip
import hashlib
import json
import os
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import aiohttp
from yarl import URL

from console.local.demonstration.image import MANIFEST
from console.local.servers.registry import Registry
from geo.registry.client import Registry as Client
from geo.registry.credentials import Credentials
from geo.registry.location import Location
from geo.registry.manifest import Manifest

TAG: Final = "v1"
_CONFIG_KIND: Final = "application/vnd.oci.image.config.v1+json"
_LAYER_KIND: Final = "application/vnd.oci.image.layer.v1.tar+gzip"
_CONFIG: Final = {"architecture": "amd64", "os": "linux", "config": {}}
_AT_ONCE: Final = 4


class Kind(NamedTuple):
    """So many images, each of a repository of its own and with so many layers of so many bytes."""

    name: str
    many: int
    layers: int
    size: int

    @property
    def repositories(self) -> Sequence[str]:
        """Of one component each: skopeo sync cuts the others off."""
        return [f"{self.name}-{number:04}" for number in range(self.many)]

    @property
    def megabytes(self) -> float:
        return self.many * self.layers * self.size / 1e6


Digests = dict[str, str]


async def fill(registry: Registry, kind: Kind) -> Digests:
    """Return the digest of each repository's one image. No two share a layer."""
    left, digests = iter(kind.repositories), Digests()

    async def push() -> None:
        for repository in left:
            digests[repository] = await _push(http, client, repository, kind)

    async with _client(registry) as client, aiohttp.ClientSession(raise_for_status=True) as http:
        await asyncio.gather(*(push() for _ in range(_AT_ONCE)))
    return digests


async def missing(registry: Registry, digests: Digests) -> Sequence[str]:
    """The repositories whose tag stands for another digest there, or for none."""
    async with _client(registry) as client:
        found = [(one, await client.digest(one, TAG)) for one in digests]
    return [one for one, seen in found if seen is None or seen.digest != digests[one]]


async def _push(http: aiohttp.ClientSession, client: Client, repository: str, kind: Kind) -> str:
    layers: list[dict[str, Any]] = []
    diffs: list[str] = []
    for _ in range(kind.layers):
        content = os.urandom(kind.size)
        diffs.append(_digest(content))
        # Stored, since chance cannot be pressed: skopeo would press what is not gzip.
        layer = await asyncio.to_thread(gzip.compress, content, 0)
        layers.append(await _put(http, client.location.url, repository, _LAYER_KIND, layer))
    settings = {**_CONFIG, "rootfs": {"type": "layers", "diff_ids": diffs}}
    place = client.location.url
    config = await _put(http, place, repository, _CONFIG_KIND, json.dumps(settings).encode())
    described = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers}
    body = json.dumps(described).encode()
    manifest = Manifest(MANIFEST, _digest(body), body)
    await client.put_manifest(repository, TAG, manifest)
    return manifest.digest


async def _put(
    http: aiohttp.ClientSession, url: URL, repository: str, kind: str, content: bytes
) -> dict[str, Any]:
    digest = _digest(content)
    async with http.post(url / f"v2/{repository}/blobs/uploads/") as begun:
        place = URL(begun.headers["Location"])
    await http.put(place.update_query(digest=digest), data=content)
    return {"mediaType": kind, "digest": digest, "size": len(content)}


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _client(registry: Registry) -> Client:
    return Client(Location.parse(registry.url), credentials=Credentials.none(), tls=None)
