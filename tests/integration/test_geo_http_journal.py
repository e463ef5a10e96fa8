"""What a site's side makes of the log's service, and of what stands in its place."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from console.local.network.ports import LOOPBACK, free_port
from geo.following.address import AddressError, address
from geo.following.http_journal import HttpJournal, opened_journal
from geo.following.journal import (
    BrokenLogError,
    Due,
    FinalError,
    ForgottenError,
    JournalError,
    OvertakenError,
    Repository,
)
from shared.database import Pool
from tests.authority import Authority
from tests.serving import new_token, serving
from tests.sites import opened, record

TOKEN = "s3cret-token-of-lima"
CHANGE = {
    "id": 1, "source": "default", "repository": "a", "action": "push",
    "occurred_at": "2026-11-28T12:00:00Z", "recorded_at": "2026-11-28T12:00:00Z",
}  # fmt: skip
Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def standing_in(handler: Handler, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """The address of something that answers everything by `handler`."""
    runner = web.ServerRunner(web.Server(handler))
    await runner.setup()
    site = web.TCPSite(runner, LOOPBACK, port := free_port(), ssl_context=tls)
    await site.start()
    try:
        yield f"http{'s' if tls else ''}://{LOOPBACK}:{port}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def following(url: str, **how: Any) -> AsyncIterator[HttpJournal]:
    async with opened_journal(address(url), TOKEN, **how) as journal:
        yield journal


def problem(status: int, **more: Any) -> web.Response:
    body = {"title": "x", "status": status, "detail": "so it is", **more}
    return web.json_response(body, status=status, content_type="application/problem+json")


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        ((400, {}), FinalError, "400: so it is"),
        ((401, {}), FinalError, "401: so it is"),
        ((403, {}), FinalError, "403: so it is"),
        ((404, {}), JournalError, "404: so it is"),
        ((409, {}), OvertakenError, "409: so it is"),
        ((410, {}), ForgottenError, "410: so it is"),
        ((500, {"type": "broken-log"}), BrokenLogError, "500: so it is"),
        ((401, {"detail": f"\x1b[2J Bearer {TOKEN}"}), FinalError, r"401: \x1b[2J Bearer ****"),
    ],
    ids=str,
)
async def test_each_refusal_is_what_a_journal_raises(
    answer: tuple[int, dict[str, Any]], kind: type[JournalError], said: str
) -> None:
    async def refuse(_request: web.BaseRequest) -> web.Response:
        return problem(answer[0], **answer[1])

    async with standing_in(refuse) as url, following(url) as journal:
        with pytest.raises(JournalError) as caught:
            await journal.cursor()
    assert type(caught.value) is kind
    assert str(caught.value) == f"127.0.0.1 answered {said}"


@pytest.mark.parametrize("status", [400, 409, 410], ids=str)
async def test_a_proxys_own_refusal_says_nothing_of_the_log(status: int) -> None:
    async def refuse(_request: web.BaseRequest) -> web.Response:
        return web.Response(status=status, text="<html>Go away</html>")

    async with standing_in(refuse) as url, following(url) as journal:
        with pytest.raises(JournalError, match=f"answered {status}: it says no more") as caught:
            await journal.changes(0, limit=10, wait=0)
    assert type(caught.value) is JournalError


@pytest.mark.parametrize("how", ["503", "502", "429", "cut", "half"])
async def test_what_is_away_for_a_moment_is_asked_again(how: str) -> None:
    asked = 0

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        nonlocal asked
        asked += 1
        if asked > 2:
            return web.json_response({"cursor": 7})
        if how.isdigit():
            return web.Response(status=int(how), headers={"Retry-After": "0"})
        if how == "half":
            response = web.StreamResponse(headers={"Content-Length": "100"})
            await response.prepare(request)
            await response.write(b'{"cur')
        assert request.transport
        request.transport.abort()
        return web.Response()

    async with standing_in(answer) as url, following(url) as journal:
        assert await journal.cursor() == 7
    assert asked == 3


async def test_what_stays_away_is_a_sentence_without_the_token() -> None:
    async with following(f"http://{LOOPBACK}:{free_port()}") as journal:
        with pytest.raises(JournalError) as caught:
            await journal.cursor()
    assert str(caught.value).startswith("127.0.0.1 is away: Cannot connect to host")
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308], ids=str)
async def test_nobody_leads_a_site_and_its_token_elsewhere(status: int) -> None:
    async def other(_request: web.BaseRequest) -> web.Response:
        pytest.fail("it was followed")

    async with standing_in(other) as elsewhere:

        async def lead(_request: web.BaseRequest) -> web.Response:
            return web.Response(status=status, headers={"Location": elsewhere})

        async with standing_in(lead) as url, following(url) as journal:
            with pytest.raises(JournalError, match=f"answered {status}"):
                await journal.cursor()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("", "none of a journal"),
        ("null", "none of a journal"),
        ("<html>", "none of a journal"),
        ("[" * 100_000, "none of a journal"),
        ({"events": [{**CHANGE, "id": 2}], "last_id": 2}, "has 2 where 1 comes next"),
        ({"events": [CHANGE, CHANGE], "last_id": 2}, "has 1 where 2 comes next"),
        ({"events": [{**CHANGE, "repository": "../x"}], "last_id": 1}, "no registry can have"),
        ({"events": [{**CHANGE, "occurred_at": "never"}], "last_id": 1}, "none of a journal"),
    ],
    ids=lambda one: str(one)[:30],
)
async def test_what_proves_nothing_is_not_handed_on(answer: Any, said: str) -> None:
    text = answer if isinstance(answer, str) else json.dumps(answer)

    async def tell(_request: web.BaseRequest) -> web.Response:
        return web.Response(text=text, content_type="application/json")

    async with standing_in(tell) as url, following(url) as journal:
        with pytest.raises(JournalError, match=said):
            await journal.changes(0, limit=10, wait=0)


async def test_more_than_was_claimed_is_not_taken_up() -> None:
    due = {"source": "default", "repository": "a", "change_id": 1}

    async def tell(_request: web.BaseRequest) -> web.Response:
        return web.json_response({"pending": [due, due]})

    async with standing_in(tell) as url, following(url) as journal:
        with pytest.raises(JournalError, match="gives 2 of at most 1 repositories"):
            await journal.claim(1, timedelta(seconds=30))


async def test_an_answer_without_end_is_not_read_to_it() -> None:
    async def tell(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" " * 1024 * 1024)

    async with standing_in(tell) as url, following(url) as journal:
        with pytest.raises(JournalError, match="no end within"):
            await journal.cursor()


async def test_it_says_who_asks_and_what_it_takes() -> None:
    heads = []

    async def tell(request: web.BaseRequest) -> web.Response:
        heads.append((request.path_qs, dict(request.headers)))
        return web.json_response({"events": [], "last_id": 0})

    async with standing_in(tell) as url, following(f"{url}/behind/a/proxy/") as journal:
        assert await journal.changes(5, limit=10_000, wait=3600) == []
    ((path, headers),) = heads
    assert path == "/behind/a/proxy/geo/events?after=5&limit=1000&wait=50"
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert headers["User-Agent"].startswith("registry-events/")
    assert headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize(
    "text",
    [
        "log.example", "log.example:8083", "ftp://log.example", "https://", "https:///geo",
        "https://lima:token@log.example", "https://log.example?token=x", "https://log.example#x",
        "https://[::1", "https://log.example:99999",
    ],
)  # fmt: skip
def test_an_address_is_spelled_out_and_holds_no_secret(text: str) -> None:
    with pytest.raises(AddressError) as caught:
        address(text)
    assert "token@" not in str(caught.value)


async def test_a_stranger_is_not_taken_for_the_log(tmp_path: Path) -> None:
    async def tell(_request: web.BaseRequest) -> web.Response:
        return web.json_response({"cursor": 7})

    ours, theirs = Authority(tmp_path / "ours"), Authority(tmp_path / "theirs")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*ours.issue())
    async with standing_in(tell, tls=tls) as url:
        async with following(url, ca_file=ours.ca) as journal:
            assert await journal.cursor() == 7
        for other in (None, theirs.ca):
            async with following(url, ca_file=other) as journal:
                with pytest.raises(JournalError, match="signed by no authority that is trusted"):
                    await journal.cursor()


async def test_more_than_one_request_takes_is_renewed_in_several(database_url: str) -> None:
    due = [Due(Repository("default", f"team/app-{number}"), 1, 0) for number in range(2_500)]
    async with opened(database_url) as pool:
        await record(pool, "a")
        await _renew(pool, due)
        held = await pool.fetchval(
            "SELECT count(*) FROM geo_pending WHERE held_until > now() + interval '1 minute'"
        )
    assert held == 2_500


async def _renew(pool: Pool, due: list[Due]) -> None:
    token, lease = await new_token(pool), timedelta(seconds=30)
    async with serving(pool) as served, served.journal(token) as journal:
        await journal.advance(0, 1, due[:2_000])
        await pool.execute(
            "INSERT INTO geo_pending (site, source, path, change_id) "
            "SELECT 'lima', 'default', path, 1 FROM unnest($1::text[]) AS path",
            [one.repository.path for one in due[2_000:]],
        )
        for _ in range(3):
            await journal.claim(1_000, lease)
        await journal.renew(due, timedelta(minutes=5))


async def test_several_wait_beside_each_other(database_url: str) -> None:
    async with opened(database_url) as pool:
        token = await new_token(pool)
        async with serving(pool) as served, served.journal(token) as journal:
            waits = [asyncio.ensure_future(journal.changes(0, limit=10, wait=30)) for _ in range(3)]
            await record(pool, "a")
            assert [len(one) for one in await asyncio.gather(*waits)] == [1, 1, 1]
