"""What is attached to images goes along, and large blobs go on after a cut."""

import json
import os
from collections.abc import Mapping
from typing import Any

import pytest
from aiohttp import web

from console.local.demonstration.image import INDEX, MANIFEST
from geo.registry import names
from geo.registry.manifest import Manifest
from tests.copying import client, copier
from tests.liar import Liar
from tests.pairs import Pair, assert_equal, put_blob, raw

pytestmark = pytest.mark.usefixtures("registry_programs")

LARGE = 3_000_000


def about(subject: Mapping[str, Any], config: Mapping[str, Any], text: str) -> Manifest:
    """A signature of a kind."""
    document = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "artifactType": "application/vnd.example.signature",
        "config": config,
        "layers": [],
        "subject": subject,
        "annotations": {"text": text},
    }
    body = json.dumps(document).encode()
    return Manifest.read(body, served_as=MANIFEST, digest=names.digest_of(body))


def descriptor(manifest: Manifest) -> dict[str, Any]:
    return {
        "mediaType": manifest.media_type,
        "digest": manifest.digest,
        "size": len(manifest.body),
    }


class Attached:
    """Answers, as registries do that know referrers, what was put about each manifest."""

    def __init__(self) -> None:
        self.about: dict[str, list[dict[str, Any]]] = {}

    async def __call__(self, request: web.Request) -> web.Response | None:
        if "/referrers/" not in request.path:
            return None
        found = self.about.get(request.path.rpartition("/")[2], [])
        document = {"schemaVersion": 2, "mediaType": INDEX, "manifests": found}
        return web.Response(body=json.dumps(document).encode(), content_type=INDEX)


async def test_what_is_attached_to_an_image_or_to_a_child_of_an_index(pair: Pair) -> None:
    index = pair.layout.add_index("index", seed="a")
    pair.push("index", "team/app:v1")
    child = pair.read(index)["manifests"][0]
    config = pair.read(child["digest"])["config"]
    signature = about(child, config, "signature")
    attestation = about(descriptor(signature), config, "of the signature")
    attached = Attached()
    async with (
        Liar(pair.primary).running() as source,
        client(pair.primary.address) as primary,
        copier(pair, source=source.address) as one,
    ):
        source.lies.append(attached)
        await one.make_equal("team/app")
        # It comes later than the image, which stays as it is.
        for manifest in (signature, attestation):
            await primary.put_manifest("team/app", manifest.digest, manifest)
        attached.about[child["digest"]] = [descriptor(signature)]
        attached.about[signature.digest] = [descriptor(attestation)]
        await one.make_equal("team/app")
    for manifest in (signature, attestation):
        assert raw(pair.secondary, "team/app", manifest.digest) == manifest.body
    await assert_equal(pair, "team/app")


async def test_a_source_that_attaches_in_a_circle_holds_up_nothing(pair: Pair) -> None:
    digest = pair.layout.add_image("image", seed="a")
    pair.push("image", "team/app:v1")
    attached = Attached()
    own = {"mediaType": MANIFEST, "digest": digest, "size": 1}
    attached.about[digest] = [own]
    async with (
        Liar(pair.primary).running() as source,
        copier(pair, source=source.address) as one,
    ):
        source.lies.append(attached)
        await one.make_equal("team/app")
    await assert_equal(pair, "team/app")


async def test_a_large_blob_goes_on_after_a_cut(pair: Pair) -> None:
    content = os.urandom(LARGE)
    blob = await put_blob(pair.primary, "team/app", content)
    async with client(pair.primary.address) as primary:
        await primary.put_manifest("team/app", "v1", about(blob, blob, "large"))
    ranges: list[str] = []

    async def cut(request: web.Request) -> web.StreamResponse | None:
        if request.method != "GET" or blob["digest"] not in request.path:
            return None
        ranges.append(request.headers.get("Range", ""))
        if len(ranges) > 1:
            return None
        response = web.StreamResponse(headers={"Content-Length": str(LARGE)})
        await response.prepare(request)
        await response.write(content[: LARGE // 2])
        assert request.transport
        request.transport.close()
        return response

    async with Liar(pair.primary).running() as source:
        source.lies.append(cut)
        async with copier(pair, source=source.address) as one:
            await one.make_equal("team/app")
            assert one.counts.bytes < LARGE + 10_000
    assert ranges[0] == ""
    assert ranges[1].startswith("bytes=")
    await assert_equal(pair, "team/app")
