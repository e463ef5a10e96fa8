"""Every page of the console, and what it says while a server is away."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

from tests.acceptance.asked import LOADED, SOON
from tests.consoles import HTML, Page, Visitor, routes, running_console
from tests.outages import Outage, Server

BOTH: Sequence[Server] = ("broker", "database")
# By method and path, which servers it asks, and the status of its answer while one is away.
PAGES: Mapping[tuple[str, str], tuple[Sequence[Server], int]] = {
    ("GET", "/login"): ((), 200),
    ("POST", "/login"): ((), 401),
    ("GET", "/"): (BOTH, 200),
    ("GET", "/live"): (BOTH, 200),
    ("GET", "/events"): (("database",), 503),
    ("GET", "/events/live"): (("database",), 200),
    ("GET", "/events/show"): (("database",), 503),
    ("GET", "/events/repository"): (("database",), 503),
    ("GET", "/statistics"): (("database",), 503),
    ("GET", "/dead-letters"): (("broker",), 503),
    ("GET", "/dead-letters/live"): (("broker",), 200),
    ("GET", "/events.csv"): (("database",), 503),
    ("GET", "/events.jsonl"): (("database",), 503),
    ("GET", "/dead-letters/list"): (("broker",), 503),
    ("GET", "/dead-letters/list.csv"): (("broker",), 503),
    ("GET", "/dead-letters/list.jsonl"): (("broker",), 503),
    ("GET", "/dead-letters/edit"): (("broker",), 503),
    ("POST", "/dead-letters/edit"): (("broker",), 503),
    ("GET", "/dead-letters/show"): (("broker",), 503),
    ("GET", "/dead-letters/plan"): (("broker",), 503),
    ("POST", "/operations"): ((), 409),
    ("GET", "/operations/nobody"): ((), 404),
    ("GET", "/operations/nobody/live"): ((), 404),
    ("POST", "/operations/nobody/stop"): ((), 404),
    ("GET", "/answers/nobody"): ((), 404),
    ("GET", "/history"): (("database",), 503),
    ("GET", "/sites"): (("database",), 503),
    ("GET", "/sites/live"): (("database",), 200),
    ("POST", "/sites/retry"): (("database",), 503),
    ("GET", "/explain"): ((), 200),
    ("POST", "/explain"): ((), 422),
}
# What is not known is not nothing.
UNKNOWN: Mapping[Server, str] = {"broker": "Waiting 0", "database": "Recorded 0/s"}
TOKEN = "open-sesame-open-sesame"
# Plans ask for some dead letters.
QUERY = "?operation=requeue&all=1&id=x"


def pages() -> set[tuple[str, str]]:
    """All but signing out, after which the others are refused."""
    return {
        (method, path)
        for method, path in routes()
        if method != "HEAD" and not path.startswith("/static/") and path != "/logout"
    }


@asynccontextmanager
async def signed_in(urls: Mapping[str, str]) -> AsyncIterator[Visitor]:
    """Who may act at a console of these servers."""
    async with running_console(
        urls["AMQP_URL"], urls["DATABASE_URL"], writable=True, console_tokens=TOKEN
    ) as visitor:
        door = {"form_key": (await visitor.get("/login")).field("form_key"), "token": TOKEN}
        await visitor.post("/login", door)
        await visitor.get("/history")
        yield visitor


async def each(visitor: Visitor, check: Callable[[str, str, int, str], None], at_once: int) -> None:
    """Hand the method, the path, the status and what is read of each page to `check`."""
    key, few = (await visitor.get("/nothing")).field("form_key"), asyncio.Semaphore(at_once)

    async def answer(method: str, path: str) -> None:
        async with few:
            started = time.monotonic()
            code, text = await _begun(visitor, method, path + QUERY, key)
            took = time.monotonic() - started
        assert took < SOON * LOADED, f"{method} {path}: status {code} after {took:.1f} s\n{text}"
        check(method, path, code, text)

    answers = [answer(method, path) for method, path in pages()]
    failed = await asyncio.gather(*answers, return_exceptions=True)
    problems = [str(one) for one in failed if one]
    assert not problems, "\n\n".join(problems)


async def answered(visitor: Visitor, outage: Outage, url: str, at_once: int = len(PAGES)) -> None:
    """Each page that asks the server at `url`, which is away, says so."""

    def check(method: str, path: str, code: int, text: str) -> None:
        asks, status = PAGES[method, path]
        if outage.server in asks:
            told = f"{method} {path}: status {code}\n{text}"
            assert code == status, told
            outage.check(f"{method} {path}\n{text}", url)
            assert UNKNOWN[outage.server] not in text, told

    await each(visitor, check, at_once)


async def has_noticed(visitor: Visitor, server: Server) -> bool:
    """Whether the overview says that it is away, and nothing of what it would know."""
    text = (await visitor.get("/")).text
    said = ("did not answer", "refuses connections", "cannot be used")
    return any(words in text for words in said) and UNKNOWN[server] not in text


async def _begun(visitor: Visitor, method: str, path: str, key: str) -> tuple[int, str]:
    """The status and what is read: a page, or how a stream begins."""
    form = {"form_key": key} if method == "POST" else None
    async with visitor.http.request(
        method, visitor.url + path, data=form, headers=HTML
    ) as response:
        if response.content_type == "text/event-stream":
            source = (await response.content.readline()).decode().removeprefix("data:")
            source = " ".join(json.loads(source).values())
        else:
            source = await response.text()
        return response.status, Page(response.status, source, response.headers).text
