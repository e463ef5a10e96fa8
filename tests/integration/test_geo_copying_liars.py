"""What a source says wrongly, or not at all, is never what the target is made equal to."""

import json
from collections.abc import AsyncIterator, Callable

import pytest
from aiohttp import web

from geo.copying.deletions import Rule
from geo.registry.errors import RegistryError
from tests.copying import copier
from tests.liar import Liar, instead
from tests.pairs import Pair, assert_equal, tags

pytestmark = pytest.mark.usefixtures("registry_programs")

DELETE = Rule(wanted=True, share=0.5)
VOUCHED = Rule(wanted=True, unlimited=True)
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
LIST = "/v2/team/app/tags/list"


@pytest.fixture
async def source(pair: Pair) -> AsyncIterator[Liar]:
    async with Liar(pair.primary).running() as liar:
        yield liar


def listing(*names: str) -> web.Response:
    return web.json_response({"name": "team/app", "tags": names})


async def test_a_blob_of_other_bytes_is_no_blob(pair: Pair, source: Liar) -> None:
    digest = pair.layout.add_image("image", seed="a")
    pair.push("image", "team/app:v1")
    layer = pair.read(digest)["layers"][0]
    wrong = web.Response(body=b"x" * layer["size"])
    source.lies.append(instead(layer["digest"], lambda: wrong))
    async with copier(pair, source=source.address) as one:
        with pytest.raises(RegistryError, match="other bytes"):
            await one.make_equal("team/app")
    assert await tags(pair.secondary, "team/app") == []


async def test_a_manifest_of_other_bytes_is_no_manifest(pair: Pair, source: Liar) -> None:
    index = pair.layout.add_index("index", seed="a")
    pair.push("index", "team/app:v1")
    child = pair.read(index)["manifests"][0]["digest"]
    other = pair.read(index)["manifests"][1]["digest"]
    body = json.dumps(pair.read(other)).encode()
    source.lies.append(instead(child, lambda: web.Response(body=body, content_type=MANIFEST)))
    async with copier(pair, source=source.address) as one:
        with pytest.raises(RegistryError):
            await one.make_equal("team/app")
    assert await tags(pair.secondary, "team/app") == []


async def test_one_tag_that_cannot_be_copied_keeps_no_other(pair: Pair, source: Liar) -> None:
    pair.images("team/app")
    digest = pair.layout.add_image("bad", seed="bad")
    pair.push("bad", "team/app:bad")
    source.lies.append(instead(digest, lambda: web.json_response({}, status=404)))
    source.lies.append(instead("manifests/bad", lambda: web.Response(body=b"{")))
    async with copier(pair, source=source.address) as one:
        with pytest.raises(RegistryError, match=r"^bad: "):
            await one.make_equal("team/app")
    assert await tags(pair.secondary, "team/app") == ["v1"]


async def test_a_target_that_doubts_a_digest_for_a_moment_gets_it_again(pair: Pair) -> None:
    pair.images("team/app")
    doubt = {"errors": [{"code": "DIGEST_INVALID", "message": "it did not match"}]}
    async with Liar(pair.secondary).running() as target:
        doubted = instead(
            "manifests/v1", lambda: web.json_response(doubt, status=400), method="PUT"
        )

        async def once(request: web.Request) -> web.StreamResponse | None:
            return await doubted(request) if target.asked["PUT manifests"] == 1 else None

        target.lies.append(once)
        async with copier(pair, target=target.address) as one:
            await one.make_equal("team/app")
        assert target.asked["PUT manifests"] == 2
    await assert_equal(pair, "team/app")


@pytest.mark.parametrize("rule", [DELETE, VOUCHED], ids=["within a share", "vouched for"])
@pytest.mark.parametrize(
    "lie",
    [
        pytest.param(listing, id="no tags"),
        pytest.param(lambda: web.json_response({"name": "team/app", "tags": None}), id="null"),
        pytest.param(lambda: web.json_response({}, status=404), id="not found, by a proxy"),
        pytest.param(lambda: web.Response(status=400), id="an error"),
        pytest.param(lambda: web.Response(body=b"{"), id="no document"),
        pytest.param(lambda: listing("v1", "../../v2"), id="a name that is no tag"),
        pytest.param(lambda: listing("v1", "v9"), id="a tag that leads nowhere"),
    ],
)
async def test_nothing_is_deleted_by_a_doubtful_answer(
    pair: Pair, source: Liar, lie: Callable[[], web.Response], rule: Rule
) -> None:
    pair.images("team/app")
    async with copier(pair) as one:
        await one.make_equal("team/app")
    pair.push("image-0", "team/app:v2", registry=pair.secondary)
    source.lies.append(instead(LIST, lie))
    async with copier(pair, rule, source=source.address) as one:
        with pytest.raises(RegistryError):
            await one.make_equal("team/app")
    assert await tags(pair.secondary, "team/app") == ["v1", "v2"]


async def test_nothing_is_deleted_when_a_later_page_fails(pair: Pair, source: Liar) -> None:
    pair.images("team/app")
    async with copier(pair) as one:
        await one.make_equal("team/app")
    pair.push("image-0", "team/app:v2", registry=pair.secondary)

    async def half(request: web.Request) -> web.Response | None:
        if request.path != LIST:
            return None
        if "last" in request.query:
            return web.Response(status=400)
        answer = listing("v1")
        answer.headers["Link"] = f'<{LIST}?last=v1&n=1>; rel="next"'
        return answer

    source.lies.append(half)
    async with copier(pair, VOUCHED, source=source.address) as one:
        with pytest.raises(RegistryError):
            await one.make_equal("team/app")
    assert await tags(pair.secondary, "team/app") == ["v1", "v2"]
