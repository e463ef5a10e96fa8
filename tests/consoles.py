"""A real console inside the test's process, and what a browser without a script makes of it."""

import asyncio
import html
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import web

from console.local.network.ports import LOOPBACK, free_port
from console.web import app
from tests.running import make_settings
from tests.waiting import eventually

HTML = {"Accept": "text/html"}


@dataclass(frozen=True)
class Page:
    status: int
    source: str
    headers: Mapping[str, str]

    @property
    def text(self) -> str:
        """What is read: no tags, no runs of white space."""
        return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", self.source)).split())

    def field(self, name: str) -> str:
        """The value of a hidden field."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.source)
        assert found, f"no {name} in:\n{self.text}"
        return html.unescape(found[1])

    @property
    def links(self) -> list[str]:
        return [html.unescape(link) for link in re.findall(r'href="([^"]+)"', self.source)]


@dataclass(frozen=True)
class Visitor:
    """A browser: it keeps cookies and follows redirects."""

    http: aiohttp.ClientSession
    url: str

    async def get(self, path: str, **headers: str) -> Page:
        return await self.send("GET", path, headers=headers)

    async def post(self, path: str, form: Mapping[str, str], **headers: str) -> Page:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.send("POST", path, headers=sent, data=form)

    async def send(self, method: str, path: str, **request: Any) -> Page:
        sent = {**HTML, **request.pop("headers", {})}
        async with self.http.request(method, self.url + path, headers=sent, **request) as response:
            return Page(response.status, await response.text(), response.headers)

    async def confirm(self, plan: Page, **fields: str) -> Page:
        """Send the form of a plan's page."""
        keys = {name: plan.field(name) for name in ("form_key", "plan")}
        return await self.post("/operations", {**keys, **fields})

    async def ended(self, operation: Page) -> Page:
        """The page of an operation, once it is over: what its stop button belongs to."""
        found = re.search(r"/operations/([\w-]+)/live", operation.source)
        path = f"/operations/{found[1]}" if found else ""

        async def over() -> Sequence[Page]:
            page = await self.get(path)
            return [page] if "data-ended" in page.source else ()

        return (await eventually(over))[0] if path else operation


def routes() -> Sequence[tuple[str, str]]:
    """The method and the path of each that the console has."""
    made = web.Application()
    app.add_routes(made)
    return [
        (route.method, route.resource.canonical.replace("{identifier}", "nobody"))
        for route in made.router.routes()
        if route.resource
    ]


@asynccontextmanager
async def visiting(url: str) -> AsyncIterator[Visitor]:
    # Cookies of an address without a name are kept too.
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as http:
        yield Visitor(http, url)


@asynccontextmanager
async def running_console(
    amqp_url: str, database_url: str, *, writable: bool = False, **changes: Any
) -> AsyncIterator[Visitor]:
    listen = f"{LOOPBACK}:{free_port()}"
    settings = make_settings(amqp_url, database_url, console_listen=listen, **changes)
    task = asyncio.ensure_future(app.run(settings, writable=writable))

    async def answers() -> bool:
        if task.done():
            task.result()
        try:
            return (await visitor.get("/static/console.css")).status == 200
        except aiohttp.ClientError:
            return False

    async with visiting(f"http://{listen}") as visitor:
        try:
            await eventually(answers)
            yield visitor
        finally:
            task.cancel()
            await asyncio.wait({task})
