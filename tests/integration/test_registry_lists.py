"""What registries list and answer: pages, odd names, pauses, and answers that are none."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence

import pytest
import stamina
from aiohttp import web

from geo.registry import listing, media_types
from geo.registry.descriptor import Descriptor
from geo.registry.errors import DigestError, NotFoundError, RegistryError
from geo.registry.names import digest_of
from tests.stand_in import Answering, client, standing_in

BODY = b'{"schemaVersion":2,"layers":[]}'
OTHER = b'{"schemaVersion":2,"layers":[],"x":1}'
DIGEST = digest_of(BODY)


@pytest.fixture(autouse=True)
def no_waits() -> Iterator[None]:
    with stamina.set_testing(True, attempts=5):
        yield


async def listed(names: AsyncIterator[str]) -> Sequence[str]:
    return [one async for one in names]


def paged(kind: str, *pages: object) -> Answering:
    async def answer(request: web.Request) -> web.Response:
        at = int(request.query.get("last", "0"))
        more = {"Link": f'<{request.path}?last={at + 1}&n=1>; rel="next"'}
        return web.json_response({kind: pages[at]}, headers=more if at + 1 < len(pages) else {})

    return answer


def always(status: int = 200, body: bytes = b"", **headers: str) -> Answering:
    async def answer(_request: web.Request) -> web.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, body=body, headers=named)

    return answer


@pytest.mark.parametrize(
    ("pages", "names"),
    [
        ([["a"], [], ["b/c", "d"]], ["a", "b/c", "d"]),
        ([None], []),
        ([[]], []),
    ],
    ids=["three pages", "null", "empty"],
)
async def test_all_pages_are_walked(pages: list[object], names: list[str]) -> None:
    async with standing_in(paged("repositories", *pages)) as registry:
        async with client(registry.url) as asked:
            assert await listed(asked.repositories()) == names
        assert len(registry.asked) == len(pages)
    async with standing_in(paged("tags", *pages)) as registry, client(registry.url) as asked:
        tags = [one for one in names if "/" not in one]
        if tags == names:
            assert await listed(asked.tags("team/app")) == tags


@pytest.mark.parametrize("name", ["../x", "a b", "A", "a/\u202e", "x" * 300, ""], ids=range(6))
async def test_a_hostile_name_ends_the_list_with_an_error(name: str) -> None:
    answer = paged("repositories", ["a", name])
    async with standing_in(answer) as registry, client(registry.url) as asked:
        with pytest.raises(RegistryError) as fault:
            await listed(asked.repositories())
        assert str(fault.value).isprintable()
    answer = paged("tags", ["a", f"{name} "])
    async with standing_in(answer) as registry, client(registry.url) as asked:
        with pytest.raises(RegistryError):
            await listed(asked.tags("team/app"))


async def test_pages_without_end_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST_PAGES", 20)
    numbers = iter(range(1_000))

    async def further(_request: web.Request) -> web.Response:
        link = f"</v2/_catalog?last={next(numbers)}>; rel=next"
        return web.json_response({"repositories": ["a"]}, headers={"Link": link})

    again = always(200, b'{"repositories": []}', Link="</v2/_catalog?last=a>; rel=next")
    for answer, most in ((further, 20), (again, 2)):
        async with standing_in(answer) as registry, client(registry.url) as asked:
            with pytest.raises(RegistryError, match="pages without end"):
                await listed(asked.repositories())
            assert len(registry.asked) <= most


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b'{"repositories": "a"}', b'{"repositories": [1]}', b"[" * 9999]
)
async def test_what_is_no_list_is_an_error_and_not_an_empty_list(body: bytes) -> None:
    async with standing_in(always(200, body)) as registry, client(registry.url) as asked:
        with pytest.raises(RegistryError):
            await listed(asked.repositories())


async def test_a_page_without_bounds_is_not_read_to_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listing, "LONGEST_PAGE", 1_000)
    answer = always(200, b" " * 5_000_000)
    async with standing_in(answer) as registry, client(registry.url) as asked:
        with pytest.raises(RegistryError, match="more than 1000 bytes"):
            await listed(asked.repositories())


async def test_a_repository_that_is_not_there_is_not_found() -> None:
    body = b'{"errors":[{"code":"NAME_UNKNOWN","message":"repository name not known"}]}'
    async with standing_in(always(404, body)) as registry, client(registry.url) as asked:
        with pytest.raises(NotFoundError, match="NAME_UNKNOWN repository name not known"):
            await listed(asked.tags("team/app"))


async def test_the_404_of_a_proxy_says_of_nothing_that_it_is_gone() -> None:
    answer = always(404, b"404 page not found")
    async with standing_in(answer) as registry, client(registry.url) as asked:
        for look in (listed(asked.tags("a")), asked.digest("a", "v1"), asked.manifest("a", "v1")):
            with pytest.raises(RegistryError) as fault:
                await look
            assert type(fault.value) is RegistryError


async def test_a_registry_that_says_it_has_none_is_believed() -> None:
    answer = always(404, Docker_Distribution_Api_Version="registry/2.0")
    async with standing_in(answer) as registry:
        async with client(registry.url) as asked:
            assert await asked.digest("team/app", "v1") is None
        assert len(registry.asked) == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503])
async def test_a_pause_is_made_and_the_answer_taken_then(status: int) -> None:
    statuses = [status, status, 200]

    async def answer(_request: web.Request) -> web.Response:
        body = b'{"tags": ["v1"]}'
        return web.Response(status=statuses.pop(0), body=body, headers={"Retry-After": "1"})

    async with standing_in(answer) as registry, client(registry.url) as asked:
        assert await listed(asked.tags("team/app")) == ["v1"]
    assert statuses == []


async def test_who_pauses_for_ever_is_given_up_with_his_word() -> None:
    async with standing_in(always(429, Retry_After="7")) as registry:
        async with client(registry.url) as asked:
            with pytest.raises(RegistryError, match="429") as fault:
                await listed(asked.tags("team/app"))
        assert (fault.value.temporary, fault.value.after) == (True, 7.0)
        assert len(registry.asked) == 5


async def test_without_a_digest_in_its_head_a_manifest_is_fetched_and_hashed() -> None:
    answer = always(200, BODY, Content_Type=media_types.OCI_MANIFEST)
    async with standing_in(answer) as registry, client(registry.url) as asked:
        found = await asked.digest("team/app", "v1")
    assert found == Descriptor(media_types.OCI_MANIFEST, DIGEST, len(BODY))


@pytest.mark.parametrize("reference", ["v1", DIGEST], ids=["tag", "digest"])
async def test_a_digest_is_not_believed(reference: str) -> None:
    said = {"Docker_Content_Digest": DIGEST, "Content_Type": media_types.OCI_MANIFEST}
    async with standing_in(always(200, OTHER, **said)) as registry, client(registry.url) as asked:
        with pytest.raises(DigestError):
            await asked.manifest("team/app", reference)


async def test_a_manifest_is_as_it_came() -> None:
    sha512 = digest_of(BODY, "sha512")
    said = {"Docker_Content_Digest": sha512, "Content_Type": f"{media_types.OCI_MANIFEST}; x=y"}
    async with standing_in(always(200, BODY, **said)) as registry, client(registry.url) as asked:
        manifest = await asked.manifest("team/app", "v1")
    assert manifest == (media_types.OCI_MANIFEST, sha512, BODY)
    assert registry.asked[0].headers["Accept"] == media_types.ACCEPT


async def test_a_manifest_is_no_larger_than_four_mebibytes() -> None:
    body = json.dumps({"layers": [], "x": "x" * 5_000_000}).encode()
    async with standing_in(always(200, body)) as registry, client(registry.url) as asked:
        with pytest.raises(RegistryError, match="more than 4194304 bytes"):
            await asked.manifest("team/app", "v1")


async def test_nothing_is_asked_of_a_name_that_cannot_be() -> None:
    async with standing_in(always()) as registry, client(registry.url) as asked:
        for look in (
            listed(asked.tags("../x")),
            asked.digest("team/app", "../x"),
            asked.manifest("team/app", "md5:0"),
            asked.has_blob("team/app", "sha256:x"),
            asked.mount("team/app", DIGEST, from_repository="?x"),
            asked.delete("team/app", ""),
        ):
            with pytest.raises(RegistryError):
                await look
        assert registry.asked == []


async def test_nobody_there_is_temporary_and_said_in_words() -> None:
    async with client("http://127.0.0.1:1") as asked:
        with pytest.raises(RegistryError, match="Connect") as fault:
            await asked.has_blob("team/app", DIGEST)
    assert fault.value.temporary


async def test_silence_ends() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "5"})
        await response.prepare(request)
        await never.wait()
        return response

    never = asyncio.Event()
    async with standing_in(answer) as registry:
        async with client(registry.url, timeout=0.1) as asked:
            with pytest.raises(RegistryError, match="imeout") as fault:
                await asked.manifest("team/app", "v1")
        never.set()
    assert fault.value.temporary
