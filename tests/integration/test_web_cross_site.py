"""What another site makes an operator's browser send, and what a stranger can take from him."""

from contextlib import AsyncExitStack

import aiohttp
import pytest

from shared.amqp.topology import DEAD_QUEUE
from tests.consoles import Visitor, visiting
from tests.processes import waiting

PAGES = ("/", "/events", "/dead-letters", "/dead-letters/list", "/history", "/login")
STREAMS = ("/live", "/events/live", "/dead-letters/live")
PLAN = "/dead-letters/plan?operation=discard&all=1"


def told(site: str, mode: str, destination: str) -> dict[str, str]:
    return {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": destination}


@pytest.mark.parametrize("site", ["cross-site", "same-site", "another"])
@pytest.mark.parametrize(
    ("mode", "destination"),
    [("no-cors", "image"), ("cors", "empty"), ("navigate", "iframe"), ("no-cors", "document")],
)
@pytest.mark.asyncio(loop_scope="module")
async def test_another_site_gets_nothing_into_its_pages(
    onlooker: Visitor, site: str, mode: str, destination: str
) -> None:
    headers = told(site, mode, destination)
    for path in (*PAGES, *STREAMS, PLAN, "/static/console.js"):
        page = await onlooker.get(path, **headers)
        assert page.status == 403, path
        assert "Another site sent this request" in page.text


@pytest.mark.asyncio(loop_scope="module")
async def test_a_link_on_another_site_opens_a_page_but_no_plan(onlooker: Visitor) -> None:
    followed = told("cross-site", "navigate", "document")
    for path in PAGES:
        assert (await onlooker.get(path, **followed)).status == 200
    assert (await onlooker.get(PLAN, **followed)).status == 403
    posted = await onlooker.send("POST", "/operations", headers=followed)
    assert posted.status == 403
    assert "Another site sent this request" in posted.text


@pytest.mark.parametrize("site", ["same-origin", "none"])
@pytest.mark.asyncio(loop_scope="module")
async def test_what_the_console_or_the_user_asks_for_is_given(onlooker: Visitor, site: str) -> None:
    for path in (*PAGES, PLAN):
        assert (await onlooker.get(path, **told(site, "navigate", "document"))).status == 200
    script = await onlooker.get("/static/console.js", **told("same-origin", "no-cors", "script"))
    assert script.status == 200


async def test_strangers_do_not_push_an_open_plan_out(visitor: Visitor, amqp_url: str) -> None:
    await visitor.get("/")
    plan = await visitor.get(PLAN)
    async with visiting(visitor.url) as stranger:
        for _ in range(30):
            stranger.http.cookie_jar.clear()
            assert (await stranger.get(PLAN)).status == 200
    done = await visitor.ended(await visitor.confirm(plan, count="1"))
    assert "1 of 1 discarded" in done.text
    assert await waiting(amqp_url, DEAD_QUEUE) == 0


async def test_strangers_do_not_use_up_the_streams(visitor: Visitor) -> None:
    await visitor.get("/")
    unlimited = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=unlimited) as stranger, AsyncExitStack() as streams:
        for _ in range(100):
            last = await streams.enter_async_context(stranger.get(visitor.url + "/live"))
        assert last.status == 503
        async with visitor.http.get(visitor.url + "/live") as live:
            assert live.status == 200
