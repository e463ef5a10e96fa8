"""What the source has no more goes from the target if that is asked for, and nothing else does."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web

from geo.copying.deletions import Rule
from geo.registry.errors import RegistryError
from tests.copying import copier
from tests.liar import Liar, instead
from tests.pairs import Pair, assert_equal, raw, running_pair, tags

pytestmark = pytest.mark.usefixtures("registry_programs")

DELETE = Rule(wanted=True, share=0.5)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    """The secondary has v3 beside v1, of another image."""
    with running_pair(tmp_path) as made:
        made.images("team/app")
        made.push("image-0", "team/app:v1", registry=made.secondary)
        made.layout.add_image("other", seed="other")
        made.push("other", "team/app:v3", registry=made.secondary)
        yield made


async def test_without_being_asked_nothing_is_deleted(pair: Pair) -> None:
    async with copier(pair) as one:
        await one.make_equal("team/app")
    assert await tags(pair.secondary, "team/app") == ["v1", "v3"]


async def test_a_tag_goes_with_its_digest_where_tags_cannot_be_deleted(pair: Pair) -> None:
    async with copier(pair, DELETE) as one:
        await one.make_equal("team/app")
        assert one.counts.deleted == 1
    await assert_equal(pair, "team/app")


async def test_a_digest_that_another_tag_has_stays(pair: Pair) -> None:
    pair.push("image-0", "team/app:v3", registry=pair.secondary)
    before = raw(pair.secondary, "team/app", "v1")
    async with copier(pair, DELETE) as one:
        await one.make_equal("team/app")
    assert await tags(pair.secondary, "team/app") == ["v1"]
    assert raw(pair.secondary, "team/app", "v1") == before
    await assert_equal(pair, "team/app")


async def test_a_child_of_an_index_stays(pair: Pair) -> None:
    index = pair.layout.add_index("index", seed="x")
    pair.push("index", "team/app:multi")
    async with copier(pair) as one:
        await one.make_equal("team/app")
    # As somebody does who gives one platform a name of its own.
    child = pair.read(index)["manifests"][0]["digest"]
    pair.copy(pair.secondary, f"team/app@{child}", "team/app:v3")
    async with copier(pair, DELETE) as one:
        await one.make_equal("team/app")
    await assert_equal(pair, "team/app")


async def test_a_registry_that_deletes_tags_is_asked_for_no_more(pair: Pair) -> None:
    async with Liar(pair.secondary).running() as target:
        gone = instead("/manifests/v3", lambda: web.Response(status=202), method="DELETE")
        target.lies.append(gone)
        async with copier(pair, DELETE, target=target.address) as one:
            await one.make_equal("team/app")
        assert target.asked["DELETE manifests"] == 1
        assert target.asked["PUT manifests"] == 0


async def test_more_than_the_share_stays(pair: Pair) -> None:
    pair.push("other", "team/app:v4", registry=pair.secondary)
    async with copier(pair, DELETE) as one:
        with pytest.raises(RegistryError, match="2 of 3 tags are more than --max-delete 50%"):
            await one.make_equal("team/app")
    assert await tags(pair.secondary, "team/app") == ["v1", "v3", "v4"]
    async with copier(pair, DELETE._replace(unlimited=True)) as one:
        await one.make_equal("team/app")
    await assert_equal(pair, "team/app")


async def test_what_is_pushed_meanwhile_stays(pair: Pair) -> None:
    async with Liar(pair.primary).running() as source:

        async def push(request: web.Request) -> None:
            if request.path.endswith("/v3") and request.method == "HEAD":
                await asyncio.to_thread(pair.push, "other", "team/app:v3")

        source.lies.append(push)
        async with copier(pair, DELETE, source=source.address) as one:
            await one.make_equal("team/app")
    await assert_equal(pair, "team/app")
