"""A repository is made equal to another registry's, in whatever state both are."""

import asyncio
import json

import pytest

from console.local.demonstration.image import INDEX
from geo.registry import names
from geo.registry.manifest import Manifest
from tests.copying import client, copier
from tests.liar import Liar
from tests.pairs import Pair, assert_equal, raw, tags

pytestmark = pytest.mark.usefixtures("registry_programs")


async def test_all_tags_of_all_kinds(pair: Pair) -> None:
    pair.layout.add_image("image", seed="a", layers=3)
    pair.layout.add_index("index", seed="b")
    for image, tag in (("image", "v1"), ("image", "v1.0"), ("index", "multi")):
        pair.push(image, f"team/app:{tag}")
    pair.push_docker("image", "team/app:schema2")
    async with copier(pair) as one:
        await one.make_equal("team/app")
    await assert_equal(pair, "team/app")
    assert json.loads(raw(pair.secondary, "team/app", "schema2"))["mediaType"].endswith("v2+json")


async def test_an_index_of_indexes(pair: Pair) -> None:
    inner = pair.layout.add_index("inner", seed="a")
    pair.push("inner", "team/app:inner")
    async with client(pair.primary.address) as primary:
        child = await primary.manifest("team/app", inner)
        entry = {"mediaType": INDEX, "digest": inner, "size": len(child.body)}
        await primary.put_manifest("team/app", "outer", made_index(entry))
    async with copier(pair) as one:
        await one.make_equal("team/app")
    await assert_equal(pair, "team/app")


def made_index(*entries: object) -> Manifest:
    body = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}).encode()
    return Manifest.read(body, served_as=INDEX, digest=names.digest_of(body))


async def test_a_tag_that_has_moved(pair: Pair) -> None:
    pair.images("team/app")
    async with copier(pair) as one:
        await one.make_equal("team/app")
        pair.layout.add_image("image-0", seed="new")
        pair.push("image-0", "team/app:v1")
        await one.make_equal("team/app")
    await assert_equal(pair, "team/app")


async def test_what_is_equal_is_not_written_again(pair: Pair) -> None:
    pair.layout.add_index("index", seed="b")
    pair.push("index", "team/app:v1")
    async with Liar(pair.secondary).running() as seen, copier(pair, target=seen.address) as one:
        await one.make_equal("team/app")
        written = seen.asked["PUT manifests"]
        assert written == 3
        seen.asked.clear()
        await one.make_equal("team/app")
        assert {one.partition(" ")[0] for one in seen.asked} <= {"GET", "HEAD"}


async def test_a_small_image_takes_few_requests(pair: Pair) -> None:
    pair.images("team/app")
    async with (
        Liar(pair.primary).running() as source,
        Liar(pair.secondary).running() as target,
        copier(pair, source=source.address, target=target.address) as one,
    ):
        await one.make_equal("team/app")
        assert source.asked.total() <= 6
        assert target.asked.total() == 6


async def test_a_layer_of_another_repository_is_mounted(pair: Pair) -> None:
    pair.layout.add_image("image", seed="shared", layers=3)
    for repository in ("team/a", "team/b"):
        pair.push("image", f"{repository}:v1")
    async with Liar(pair.secondary).running() as seen, copier(pair, target=seen.address) as one:
        await one.make_equal("team/a")
        seen.asked.clear()
        await one.make_equal("team/b")
        assert seen.asked["PUT blobs/uploads"] == 0
        assert one.counts.mounted == 4
    await assert_equal(pair, "team/a", "team/b")


async def test_a_layer_that_two_need_at_once_is_sent_once(pair: Pair) -> None:
    pair.layout.add_image("image", seed="shared", layers=3)
    repositories = [f"team/{letter}" for letter in "abcd"]
    for repository in repositories:
        pair.push("image", f"{repository}:v1")
    async with copier(pair) as one:
        await asyncio.gather(*map(one.make_equal, repositories))
        assert one.counts.blobs == 4
    await assert_equal(pair, *repositories)


async def test_a_repository_that_neither_has(pair: Pair) -> None:
    async with copier(pair) as one:
        await one.make_equal("team/nothing")
    assert await tags(pair.secondary, "team/nothing") == []


async def test_a_tag_that_moves_while_it_is_copied(pair: Pair) -> None:
    pair.images("team/app")
    pair.layout.add_image("later", seed="later")

    async def move(_request: object) -> None:
        if seen.asked["PUT manifests"] == 1:
            await asyncio.to_thread(pair.push, "later", "team/app:v1")

    async with Liar(pair.secondary).running() as seen, copier(pair, target=seen.address) as one:
        seen.lies.append(move)
        await one.make_equal("team/app")
    await assert_equal(pair, "team/app")
    assert seen.asked["PUT manifests"] == 2
