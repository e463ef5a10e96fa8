"""Guessing tokens: few are looked at, few are logged, and nobody else has to wait for it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from tests.consoles import Page, Visitor, running_console

TOKEN = "open-sesame-open-sesame"
HOSTILE = ("\x00", "9" * 5_000, "é\u202e", "Bearer ", "Basic !", "\ud800")


@pytest.fixture
async def visitor(amqp_url: str, database_url: str) -> AsyncIterator[Visitor]:
    async with running_console(amqp_url, database_url, console_tokens=TOKEN) as console:
        yield console


@asynccontextmanager
async def coming_from(address: str, url: str) -> AsyncIterator[Visitor]:
    connector = aiohttp.TCPConnector(local_addr=(address, 0))
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=jar) as http:
        yield Visitor(http, url)


async def sign_in(visitor: Visitor, token: str) -> Page:
    key = (await visitor.get("/login")).field("form_key")
    return await visitor.post("/login", {"form_key": key, "token": token})


async def test_guesses_are_few_and_keep_nobody_else_out(
    visitor: Visitor, capsys: pytest.CaptureFixture[str]
) -> None:
    async with coming_from("127.0.0.3", visitor.url) as before:
        assert "It is" in (await sign_in(before, TOKEN)).text
        guesses = [await sign_in(visitor, f"guess {number}") for number in range(60)]
        last = await sign_in(visitor, TOKEN)
        assert "It is" in (await before.get("/")).text
    looked_at = [page for page in guesses if page.status == 401]
    assert 5 <= len(looked_at) < 30
    assert {page.status for page in guesses} == {401, 429}
    assert last.status == 429
    assert int(last.headers["Retry-After"]) > 0
    assert "Too many wrong tokens came in a short time. Try again in" in last.text
    async with coming_from("127.0.0.2", visitor.url) as other:
        assert "It is" in (await sign_in(other, TOKEN)).text
    assert 1 <= capsys.readouterr().out.count("console.sign_in_refused") <= 3


async def test_a_guess_in_a_header_counts_too(visitor: Visitor) -> None:
    statuses = [
        (await visitor.get("/history", Authorization=f"Bearer {number}")).status
        for number in range(20)
    ]
    assert statuses[0] == 200, "the form to sign in"
    assert statuses[-1] == 429
    assert (await visitor.get("/history", Authorization=f"Bearer {TOKEN}")).status == 429
    async with coming_from("127.0.0.2", visitor.url) as other:
        assert (await other.get("/history", Authorization=f"Bearer {TOKEN}")).status == 200


async def test_what_a_page_is_made_of_is_no_guess(visitor: Visitor) -> None:
    basic = {"Authorization": "Basic cHJveHk6cGFzc3dvcmQ="}
    for _ in range(10):
        assert (await visitor.get("/static/console.css", **basic)).status == 200
    assert (await visitor.get("/login", **basic)).status == 200


async def test_a_hostile_token_is_a_wrong_one(visitor: Visitor) -> None:
    for number, token in enumerate(HOSTILE):
        async with coming_from(f"127.0.1.{number + 1}", visitor.url) as guest:
            key = (await guest.get("/login")).field("form_key")
            sent = f"form_key={key}&token=".encode() + quoted(token)
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            page = await guest.send("POST", "/login", data=sent, headers=kind)
            assert page.status == 401, repr(token)


def quoted(token: str) -> bytes:
    return b"".join(b"%%%02X" % byte for byte in token.encode("utf-8", "surrogatepass"))
