"""Between real registries everything arrives byte for byte, whatever they want of who asks."""

import hashlib
import json
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import pytest
from aiohttp import web

from console.local.demonstration.image import Layout
from console.local.network.ports import LOOPBACK
from console.local.servers.registry import Guard
from console.local.servers.registry import Registry as Server
from geo.registry import media_types, trust
from geo.registry.client import Registry
from geo.registry.credentials import Credentials, Login
from geo.registry.descriptor import Descriptor
from geo.registry.errors import NotFoundError, RegistryError, UnsupportedError
from geo.registry.location import Location
from geo.registry.manifest import Manifest
from geo.registry.names import digest_of
from tests.authority import Authority
from tests.shelf import Shelf
from tests.stand_in import client, standing_in

pytestmark = pytest.mark.usefixtures("registry_programs")

ALICE = Login("alice", "wonder land")
HTPASSWD = "alice:$2b$04$6b2WN0de3C0bis8iW27f7.1FbIOgl3.XvefYH/Badsxt5Enn2yAqK\n"
NAME = "team/app"
MIB = 1024 * 1024


class Two(NamedTuple):
    source: Server
    target: Server
    ca: Path | None = None

    def client(self, server: Server, login: Login | None = ALICE) -> Registry:
        location = Location.parse(server.url)
        credentials = Credentials({location.name: login} if login else {})
        return Registry(location, credentials=credentials, tls=trust.context(self.ca))

    def skopeo(self, *arguments: str) -> bytes:
        command = ["skopeo", arguments[0], *arguments[1:]]
        return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout

    def push(self, layout: Layout, tag: str, *more: str) -> None:
        login = f"--dest-creds={ALICE.user}:{ALICE.password}"
        options = ["--all", "--insecure-policy", "--dest-tls-verify=false", login, *more]
        place = f"docker://{self.source.address}/{NAME}:{tag}"
        self.skopeo("copy", *options, f"oci:{layout.directory}:{tag}", place)

    def raw(self, server: Server, reference: str) -> bytes:
        """A manifest as another client sees it."""
        login = f"--creds={ALICE.user}:{ALICE.password}"
        place = f"docker://{server.address}/{NAME}{reference}"
        return self.skopeo("inspect", "--raw", "--tls-verify=false", login, place)


@asynccontextmanager
async def two(directory: Path, guard: Guard, ca: Path | None = None) -> AsyncIterator[Two]:
    with (
        Server(directory / "source", guard=guard) as source,
        Server(directory / "target", guard=guard) as target,
    ):
        yield Two(source, target, ca)


def guarded(kind: str, directory: Path) -> tuple[Guard, Path | None]:
    if kind == "open":
        return Guard(), None
    if kind == "login":
        return Guard(HTPASSWD), None
    authority = Authority(directory / "authority")
    return Guard(HTPASSWD, *authority.issue()), authority.ca


async def put(registry: Registry, tag: str, content: dict[str, Any]) -> Manifest:
    kind = media_types.OCI_MANIFEST
    body = json.dumps({"schemaVersion": 2, "mediaType": kind, **content}).encode()
    manifest = Manifest.read(body, served_as=kind, digest=digest_of(body))
    await registry.put_manifest(NAME, tag, manifest)
    return manifest


async def sign(registry: Registry, tag: str) -> str:
    """In the old way, whose tag this gives, and in that of OCI 1.1, as the tag `attested`."""
    image = await registry.manifest(NAME, tag)
    content = json.loads(image.body)
    signed = {"config": content["config"], "layers": content["layers"][:1]}
    old = f"{image.digest.replace(':', '-')}.sig"
    await put(registry, old, signed)
    subject = {"mediaType": image.media_type, "digest": image.digest, "size": len(image.body)}
    attested = await put(registry, "attested", {**signed, "subject": subject})
    assert attested.subject == Descriptor(image.media_type, image.digest, len(image.body))
    return old


async def copy(source: Registry, target: Registry, reference: str) -> None:
    manifest = await source.manifest(NAME, reference)
    for child in manifest.children:
        await copy(source, target, child.digest)
    for blob in manifest.blobs:
        if not await target.has_blob(NAME, blob.digest):
            names = {"from_repository": NAME, "to_repository": NAME}
            await target.copy_blob(blob, from_=source, told=lambda _: None, **names)
    await target.put_manifest(NAME, reference, manifest)


@pytest.mark.parametrize("kind", ["open", "login", "login by https"])
async def test_every_kind_of_manifest_arrives(kind: str, tmp_path: Path) -> None:
    layout = Layout(tmp_path / "layout")
    layout.add_image("five", seed="five", layers=5)
    layout.add_index("index", seed="index")
    layout.add_image("docker", seed="docker")
    guard, ca = guarded(kind, tmp_path)
    async with two(tmp_path, guard, ca) as pair:
        for tag in ("five", "index"):
            pair.push(layout, tag)
        pair.push(layout, "docker", "--format", "v2s2")
        async with pair.client(pair.source) as source, pair.client(pair.target) as target:
            signature = await sign(source, "five")
            tags = [one async for one in source.tags(NAME)]
            assert set(tags) == {"five", "index", "docker", signature, "attested"}
            for tag in tags:
                await copy(source, target, tag)
            assert [one async for one in target.repositories()] == [NAME]
            assert [one async for one in target.tags(NAME)] == tags
            for tag in tags:
                assert await target.digest(NAME, tag) == await source.digest(NAME, tag)
                assert pair.raw(pair.source, f":{tag}") == pair.raw(pair.target, f":{tag}")
            assert (await target.manifest(NAME, "docker")).media_type == media_types.DOCKER_MANIFEST


async def test_what_is_not_there_and_what_is_mounted_and_deleted(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "layout")
    layout.add_image("v1", seed="one")
    async with two(tmp_path, Guard()) as pair:
        pair.push(layout, "v1")
        async with pair.client(pair.source) as source:
            image = await source.manifest(NAME, "v1")
            blob = image.blobs[0].digest
            assert await source.mount("team/other", blob, from_repository=NAME)
            assert await source.has_blob("team/other", blob)
            assert not await source.mount("team/other", digest_of(b"x"), from_repository=NAME)
            assert await source.digest("team/none", "v1") is None
            assert await source.referrers(NAME, image.digest) == []
            with pytest.raises(NotFoundError):
                _ = [one async for one in source.tags("team/none")]
            with pytest.raises(UnsupportedError):
                await source.delete(NAME, "v1")
            await source.delete(NAME, image.digest)
            assert await source.digest(NAME, "v1") is None
            with pytest.raises(NotFoundError):
                await source.manifest(NAME, "v1")
            assert [one async for one in source.tags(NAME)] == []


async def test_a_catalogue_of_several_pages(tmp_path: Path) -> None:
    names = sorted(f"team/{number}" for number in range(2_003))
    with Server(tmp_path / "registry") as server, pytest.MonkeyPatch.context() as patch:
        for one in names:
            place = tmp_path / "registry/storage/docker/registry/v2/repositories" / one
            (place / "_layers").mkdir(parents=True)
        patch.setattr("geo.registry.paths._PAGE", 100)
        async with client(server.url) as registry:
            assert sorted([one async for one in registry.repositories()]) == names


@pytest.mark.parametrize(
    ("login", "says"),
    [(None, "there is none for it"), (Login("alice", "wrong"), "UNAUTHORIZED")],
    ids=["none", "wrong"],
)
async def test_without_the_right_login_nothing_is_had(
    login: Login | None, says: str, tmp_path: Path
) -> None:
    with Server(tmp_path / "registry", guard=Guard(HTPASSWD)) as server:
        async with client(server.url, login) as registry:
            with pytest.raises(RegistryError, match=says) as fault:
                await registry.manifest(NAME, "v1")
    assert not fault.value.temporary
    assert "wrong" not in str(fault.value)


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("nobody's", "is signed by no authority that is trusted here"),
        ("expired", "has expired"),
        ("another host's", "is of another host: it is not valid for '127.0.0.1'"),
    ],
)
async def test_a_certificate_is_not_believed_without_reason(
    fault: str, says: str, tmp_path: Path
) -> None:
    authority = Authority(tmp_path / "authority")
    host = "127.0.0.2" if fault == "another host's" else LOOPBACK
    life = timedelta(hours=-1 if fault == "expired" else 1)
    files = authority.issue(host, life=life)
    tls = trust.context(None if fault == "nobody's" else authority.ca)
    with Server(tmp_path / "registry", guard=Guard("", *files)) as server:
        location = Location.parse(server.url)
        async with Registry(location, credentials=Credentials.none(), tls=tls) as registry:
            with pytest.raises(RegistryError, match=f"failed: its certificate {says}") as error:
                await registry.manifest(NAME, "v1")
    assert not error.value.temporary


def test_a_file_of_authorities_that_is_none_is_told(tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    with pytest.raises(trust.TrustError, match="No such file"):
        trust.context(path)
    path.write_text("x")
    with pytest.raises(trust.TrustError, match="no certificate in PEM"):
        trust.context(path)


async def test_a_large_blob_takes_little_memory(tmp_path: Path) -> None:
    piece, pieces = bytes(range(256)) * (MIB // 256), 300

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": f"{MIB * pieces}"})
        await response.prepare(request)
        for _ in range(pieces):
            await response.write(piece)
        return response

    whole = hashlib.sha256()
    for _ in range(pieces):
        whole.update(piece)
    blob = Descriptor("x/y", f"sha256:{whole.hexdigest()}", MIB * pieces)
    most, sizes = 0, []
    process = psutil.Process()

    def told(count: int) -> None:
        nonlocal most
        sizes.append(count)
        most = max(most, process.memory_info().rss)

    with Server(tmp_path / "target") as server:
        async with (
            standing_in(answer) as one,
            client(one.url) as source,
            client(server.url) as target,
        ):
            before = process.memory_info().rss
            names = {"from_repository": NAME, "to_repository": NAME}
            await target.copy_blob(blob, from_=source, told=told, **names)
            assert await target.has_blob(NAME, blob.digest)
    assert sum(sizes) == blob.size
    assert most - before < 48 * MIB


@pytest.mark.parametrize("killed", ["source", "target"])
async def test_a_registry_that_is_killed_meanwhile_changes_no_byte(
    killed: str, tmp_path: Path
) -> None:
    content = bytes(range(256)) * (20 * MIB // 256)
    blob = Descriptor("x/y", digest_of(content), len(content))
    names = {"from_repository": NAME, "to_repository": NAME}
    shelf, told = Shelf(content), [0]

    def restart(count: int) -> None:
        told.append(count)
        if sum(told) > blob.size / 2 >= sum(told[:-1]):
            server = pair.source if killed == "source" else pair.target
            server.kill()
            server.start()

    async with (
        two(tmp_path, Guard()) as pair,
        standing_in(shelf.answer) as one,
        client(one.url) as first,
        pair.client(pair.source) as source,
        pair.client(pair.target) as target,
    ):
        await source.copy_blob(blob, from_=first, told=lambda _: None, **names)
        await target.copy_blob(blob, from_=source, told=restart, **names)
        assert await target.has_blob(NAME, blob.digest)
    assert sum(told) == blob.size
    (stored,) = (tmp_path / "target").glob(f"storage/**/{blob.digest.partition(':')[2]}/data")
    assert stored.read_bytes() == content
