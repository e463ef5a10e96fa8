"""Who may only look at the console's pages changes nothing, and sees nothing unmasked."""

import re
from collections.abc import AsyncIterator, Mapping
from typing import Final

import pytest

from shared.amqp.topology import DEAD_QUEUE
from tests.consoles import Page, Visitor, routes, running_console
from tests.factories import make_envelope, make_event
from tests.processes import waiting
from tests.running import running_pipeline

ACTING: Final = "open-sesame-open-sesame"
VIEWING: Final = "only-looking-only-looking"
# Signing in and out, which changes nothing of the pipeline.
_DOOR: Final = frozenset({"/login", "/logout"})
HEADER: Final = "X-Forwarded-User"


async def bury_one(amqp_url: str, database_url: str) -> None:
    async with running_pipeline(amqp_url, database_url, workers=0) as pipeline:
        await pipeline.post(make_envelope(make_event("push", "")))


@pytest.fixture
async def visitor(amqp_url: str, database_url: str) -> AsyncIterator[Visitor]:
    """Of a console that may write, with one dead letter."""
    await bury_one(amqp_url, database_url)
    async with running_console(
        amqp_url,
        database_url,
        writable=True,
        console_tokens=ACTING,
        console_view_tokens=VIEWING,
    ) as console:
        yield console


async def sign_in(visitor: Visitor, token: str) -> Page:
    key = (await visitor.get("/login")).field("form_key")
    return await visitor.post("/login", {"form_key": key, "token": token})


def writes() -> list[tuple[str, str]]:
    return [(method, path) for method, path in routes() if method not in {"GET", "HEAD"}]


async def test_every_route_that_changes_something_refuses_who_may_only_look(
    visitor: Visitor, amqp_url: str
) -> None:
    page = await sign_in(visitor, VIEWING)
    key = page.field("form_key")
    asked = [(method, path) for method, path in writes() if path not in _DOOR]
    assert ("POST", "/operations") in asked
    for method, path in [*asked, ("DELETE", "/operations"), ("PUT", "/nothing")]:
        refused = await visitor.send(method, path, data={"form_key": key, "plan": "x"})
        assert refused.status == 403, path
        assert "You may look at this console, and change nothing" in refused.text
    assert await waiting(amqp_url, DEAD_QUEUE) == 1
    assert "Sign in" in (await visitor.post("/logout", {"form_key": key})).text


async def test_who_may_only_look_is_offered_nothing_else(visitor: Visitor) -> None:
    page = await sign_in(visitor, VIEWING)
    assert "viewing only" in page.text
    listing = await visitor.get("/dead-letters/list")
    story = await visitor.get(next(link for link in listing.links if "/show?" in link))
    plan = await visitor.get("/dead-letters/plan?operation=discard&all=1")
    groups = await visitor.get("/dead-letters")
    edit = await visitor.get(
        next(one for one in listing.links if "/show?" in one).replace("show", "edit")
    )
    assert edit.status == 403
    assert "alice" not in edit.text
    assert "You may look at this console, and change nothing" in edit.text
    for page in (groups, listing, story, plan):
        assert page.status == 200
        forms = re.findall(r'<form[^>]*method="post"[^>]*action="([^"]*)"', page.source)
        assert forms == ["/logout"]
        assert not re.search(r"<button[^>]*>\s*(Requeue|Discard)", page.source)
    assert "You may look at this console, and change nothing" in plan.text


async def test_who_may_act_does(visitor: Visitor) -> None:
    page = await sign_in(visitor, ACTING)
    assert "viewing only" not in page.text
    assert "may act" in page.text
    plan = await visitor.get("/dead-letters/plan?operation=discard&all=1")
    done = await visitor.ended(await visitor.confirm(plan, count="1"))
    assert "1 of 1 discarded" in done.text


async def test_tokens_for_viewing_alone_make_a_console_that_changes_nothing(
    amqp_url: str, database_url: str
) -> None:
    await bury_one(amqp_url, database_url)
    async with running_console(
        amqp_url, database_url, writable=True, console_view_tokens=VIEWING
    ) as visitor:
        assert "Sign in" in (await visitor.get("/")).text
        assert "viewing only" in (await sign_in(visitor, VIEWING)).text
        assert (await visitor.post("/operations", {})).status == 403


@pytest.mark.parametrize(
    ("acting", "may"),
    [
        pytest.param("", True, id="nobody-named"),
        pytest.param("bert, anna@example.com", True, id="named"),
        pytest.param("anna@example.co,bert", False, id="not-named"),
    ],
)
async def test_a_proxy_names_who_may_act(
    amqp_url: str, database_url: str, acting: str, *, may: bool
) -> None:
    await bury_one(amqp_url, database_url)
    async with running_console(
        amqp_url,
        database_url,
        writable=True,
        console_proxy_user_header=HEADER,
        console_acting_users=acting,
    ) as visitor:
        named: Mapping[str, str] = {HEADER: "anna@example.com"}
        plan = await visitor.get("/dead-letters/plan?operation=discard&all=1", **named)
        assert ("viewing only" in plan.text) is not may
        refused = await visitor.send("POST", "/operations", headers=named)
        assert refused.status == 403
        says = "not from this console" if may else "You may look at this console"
        assert says in refused.text
