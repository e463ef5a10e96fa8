"""Two real registries, what is pushed to one, and whether the other has the same."""

import asyncio
import hashlib
import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp

from console.local.demonstration.image import Layout
from console.local.network.ports import LOOPBACK, free_port
from console.local.servers.registry import Registry

_INSECURE = ("--insecure-policy", "--dest-tls-verify=false", "--src-tls-verify=false")


@dataclass(frozen=True)
class Pair:
    primary: Registry
    secondary: Registry
    layout: Layout

    def push(self, image: str, to: str, *, registry: Registry | None = None) -> None:
        """Copy the layout's `image` to REPOSITORY:TAG of the primary, or of `registry`."""
        target = f"docker://{(registry or self.primary).address}/{to}"
        source = f"oci:{self.layout.directory}:{image}"
        skopeo("copy", "--all", *_INSECURE, source, target)

    def push_docker(self, image: str, to: str) -> None:
        """As `push`, with a manifest of Docker's own schema 2."""
        source, target = f"oci:{self.layout.directory}:{image}", f"{self.primary.address}/{to}"
        skopeo("copy", "--format", "v2s2", *_INSECURE, source, f"docker://{target}")

    def copy(self, registry: Registry, source: str, to: str) -> None:
        """Within `registry`, an image alone."""
        places = (f"docker://{registry.address}/{one}" for one in (source, to))
        skopeo("copy", *_INSECURE, *places)

    def read(self, digest: str) -> Any:
        """What a manifest of the layout says."""
        path = self.layout.directory / "blobs" / "sha256" / digest.removeprefix("sha256:")
        return json.loads(path.read_bytes())

    def images(self, *repositories: str) -> None:
        """One small image for each, tagged v1."""
        for number, repository in enumerate(repositories):
            self.layout.add_image(f"image-{number}", seed=repository)
            self.push(f"image-{number}", f"{repository}:v1")


def skopeo(*arguments: str) -> bytes:
    done = subprocess.run(["skopeo", *arguments], capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def raw(registry: Registry, repository: str, reference: str) -> bytes:
    """A manifest's bytes, as skopeo sees them."""
    mark = "@" if ":" in reference else ":"
    place = f"docker://{registry.address}/{repository}{mark}{reference}"
    return skopeo("inspect", "--raw", "--tls-verify=false", place)


async def tags(registry: Registry, repository: str) -> Sequence[str]:
    """None if it does not know the repository."""
    status, document = await _get(registry, f"/v2/{repository}/tags/list")
    return sorted(json.loads(document)["tags"] or ()) if status == 200 else []


async def assert_equal(pair: Pair, *repositories: str) -> None:
    """Every tag, every digest that it leads to, every byte."""
    for repository in repositories:
        expected = await tags(pair.primary, repository)
        assert expected
        assert await tags(pair.secondary, repository) == expected
        for tag in expected:
            await _assert_same(pair, repository, tag)


async def _assert_same(pair: Pair, repository: str, reference: str) -> None:
    ours, theirs = await asyncio.gather(
        *(
            asyncio.to_thread(raw, registry, repository, reference)
            for registry in (pair.primary, pair.secondary)
        )
    )
    assert ours == theirs
    manifest: dict[str, Any] = json.loads(ours)
    for child in manifest.get("manifests", ()):
        await _assert_same(pair, repository, child["digest"])
    for blob in (*filter(None, [manifest.get("config")]), *manifest.get("layers", ())):
        await assert_blob(pair.secondary, repository, blob["digest"])


async def assert_blob(registry: Registry, repository: str, digest: str) -> None:
    status, content = await _get(registry, f"/v2/{repository}/blobs/{digest}")
    assert status == 200
    assert f"sha256:{hashlib.sha256(content).hexdigest()}" == digest


async def put_blob(registry: Registry, repository: str, content: bytes) -> dict[str, Any]:
    """What a manifest says of it."""
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    url = f"http://{registry.address}/v2/{repository}/blobs/uploads/"
    async with aiohttp.ClientSession() as http:
        async with http.post(url) as begun:
            place = begun.headers["Location"]
        async with http.put(f"{place}&digest={digest}", data=BytesIO(content)) as answer:
            assert answer.status == 201
    return {"mediaType": "application/octet-stream", "digest": digest, "size": len(content)}


async def _get(registry: Registry, path: str) -> tuple[int, bytes]:
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"http://{registry.address}{path}") as answer,
    ):
        return answer.status, await answer.read()


@contextmanager
def running_pair(directory: Path, *, notified: Sequence[str] = ()) -> Iterator[Pair]:
    """Each notifies the URL of its place in `notified`, or nobody who listens."""
    first, second = notified or 2 * (f"http://{LOOPBACK}:{free_port()}/nobody",)
    with (
        Registry(directory / "primary", first, "s3cret-token") as primary,
        Registry(directory / "secondary", second, "s3cret-token") as secondary,
    ):
        yield Pair(primary, secondary, Layout(directory / "layout"))
