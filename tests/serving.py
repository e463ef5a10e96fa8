"""The geo service inside of a test's process; all that it answers is held against its document."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Protocol

import aiohttp
from aiohttp import web

from console.local.network.ports import LOOPBACK
from geo.following.address import address
from geo.following.http_journal import HttpJournal, opened_journal
from geo.following.journal import Journal
from geo.following.log_service import opened
from geo.registry import trust
from geo.serving.app import new_app
from geo.serving.log_end import LogEnd
from geo.sites import token
from shared.configuration import load
from shared.database import Pool
from shared.service import listening
from tests.described import faults


@dataclass(frozen=True)
class Answer:
    status: int
    json: Any
    headers: dict[str, str]


@dataclass
class Served:
    """A service, and what of its answers is otherwise than its document says."""

    url: str
    pool: Pool
    end: LogEnd
    http: aiohttp.ClientSession
    faults: list[str] = field(default_factory=list)

    async def ask(
        self, method: str, path: str, *, token: str = "", body: bytes | None = None, **more: Any
    ) -> Answer:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers |= more.pop("headers", {})
        async with self.http.request(
            method,
            self.url + path,
            headers=headers,
            data=body and BytesIO(body),
            allow_redirects=False,
            **more,
        ) as response:
            text = await response.text()
            is_json = text and response.content_type.endswith("json")
            answer = await response.json(content_type=None) if is_json else text
            return Answer(response.status, answer, dict(response.headers))

    @asynccontextmanager
    async def journal(self, token: str, **how: Any) -> AsyncIterator[HttpJournal]:
        async with opened_journal(address(self.url), token, **how) as journal:
            yield journal


NEW_TOKEN = """
INSERT INTO geo_sites (name, cursor, token_hash) VALUES ($1, 0, $2)
ON CONFLICT (name) DO UPDATE SET token_hash = excluded.token_hash
"""


async def new_token(pool: Pool, site: str = "lima") -> str:
    """A token of the site, which is there then; the one from before opens nothing any more."""
    made = token.new()
    await pool.execute(NEW_TOKEN, site, token.digest(made))
    return made


@asynccontextmanager
async def serving(pool: Pool, **settings: Any) -> AsyncIterator[Served]:
    """A service on `pool`; at the end its document has described all that it did."""
    end = LogEnd(pool)
    app = new_app(load(**settings), pool, end)
    found: list[str] = []

    async def hold(request: web.Request, response: web.StreamResponse) -> None:
        found.extend(await faults(request, response))

    app.on_response_prepare.append(hold)
    looking = asyncio.ensure_future(end.run())
    try:
        async with listening(app, f"{LOOPBACK}:0") as at, aiohttp.ClientSession() as http:
            yield Served(f"http://{at}", pool, end, http, found)
    finally:
        looking.cancel()
        await asyncio.wait({looking})
    assert found == []


class Journals(Protocol):
    """The journal of a site; `how` is as those take it that make one."""

    def __call__(self, site: str = "lima", **how: Any) -> Journal: ...


@asynccontextmanager
async def journals_over_http(pool: Pool, *sites: str) -> AsyncIterator[Journals]:
    """Those of new sites, of a service on `pool`."""
    tls = trust.context(None)
    async with serving(pool) as served, AsyncExitStack() as stack:
        services = {
            site: await stack.enter_async_context(
                opened(address(served.url), await new_token(pool, site), tls)
            )
            for site in sites
        }
        yield lambda site="lima", **how: HttpJournal(services[site], **how)
