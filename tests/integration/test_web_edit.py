"""Mending one dead letter on the console's page: form, difference, confirmation, result."""

import html
import json
import re
from collections.abc import AsyncIterator
from typing import Any, Final
from urllib.parse import urlencode

import pytest

from console.dead_letters.letter.dead_letter import DeadLetter
from shared.amqp.dead_letter import Reason
from shared.amqp.topology import DEAD_QUEUE
from shared.origin import Origin
from tests.acceptance.burying import bury
from tests.consoles import Page, Visitor, running_console
from tests.factories import make_event
from tests.processes import waiting
from tests.running import Pipeline, running_pipeline
from tests.running import amqp_url as url_of

HOSTILE: Final = "a\x00b\ud800\x1b[2J\u202e</textarea><script>\r\n\x85é"


@pytest.fixture
async def pipeline(amqp_url: str, database_url: str) -> AsyncIterator[Pipeline]:
    async with running_pipeline(amqp_url, database_url) as running:
        yield running


@pytest.fixture
async def visitor(amqp_url: str, database_url: str) -> AsyncIterator[Visitor]:
    async with running_console(amqp_url, database_url, writable=True) as console:
        yield console


async def only(pipeline: Pipeline, body: Any) -> DeadLetter:
    """One dead letter with that body."""
    await bury(url_of(pipeline.settings), [body])
    (one,) = await pipeline.dead_letters(1)
    return one


async def opened(visitor: Visitor, one: DeadLetter) -> Page:
    return await visitor.get("/dead-letters/edit?" + urlencode({"id": one.message_id}))


def typed(page: Page) -> str:
    found = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", page.source, re.DOTALL)
    assert found, page.text
    return html.unescape(found[1])


async def send(visitor: Visitor, form: Page, text: str) -> Page:
    """As a browser sends it: with its own ends of lines."""
    fields = {name: form.field(name) for name in ("form_key", "id")}
    payload = text.replace("\n", "\r\n")
    return await visitor.post("/dead-letters/edit", {**fields, "payload": payload})


async def test_a_request_of_another_registry_is_mended_as_it_was_sent(
    pipeline: Pipeline, visitor: Visitor
) -> None:
    headers = Origin("prod", "quay").headers
    body = {"repository": "Team/App", "docker_url": "quay.example/team/app", "updated_tags": ["v1"]}
    url = url_of(pipeline.settings)
    await bury(url, [json.dumps(body)], headers=headers, reason=Reason.UNREADABLE_BODY)
    (one,) = await pipeline.dead_letters(1)
    form = await opened(visitor, one)
    assert json.loads(typed(form)) == body
    refused = await send(visitor, form, typed(form).replace('"v1"', ""))
    assert (refused.status, "Nothing of ours is in it" in refused.text) == (422, True)
    assert json.loads(typed(refused)) == {**body, "updated_tags": []}
    plan = await send(visitor, form, typed(form).replace("Team/App", "team/app"))
    done = await visitor.ended(await visitor.confirm(plan))
    assert "1 of 1 edited, requeued and confirmed" in done.text
    (row,) = await pipeline.settled(1)
    assert (row["repository"], row["tag"], row["registry_source"]) == ("team/app", "v1", "prod")


async def test_an_event_is_mended_and_recorded(pipeline: Pipeline, visitor: Visitor) -> None:
    one = await only(pipeline, make_event("push", "Team/App", target={"tag": "v1"}))
    story = await visitor.get("/dead-letters/show?" + urlencode({"id": one.message_id}))
    assert "Edit and retry…" in story.text
    assert "alice" not in story.text
    form = await opened(visitor, one)
    assert '"name": "alice"' in typed(form)
    plan = await send(visitor, form, typed(form).replace("Team/App", "team/app"))
    assert plan.status == 200
    assert '- "repository": "Team/App"' in plan.text
    assert '+ "repository": "team/app"' in plan.text
    assert await waiting(url_of(pipeline.settings), DEAD_QUEUE) == 1
    done = await visitor.ended(await visitor.confirm(plan, note="lower case"))
    assert "1 of 1 edited, requeued and confirmed" in done.text
    (row,) = await pipeline.settled(1)
    assert row["repository"] == "team/app"
    assert "This plan was carried out already" in (await visitor.confirm(plan)).text
    history = (await visitor.get("/history")).text
    assert f"(console) --id {one.message_id} 1 1 0 lower case" in history


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param('{"id": ', "This is no event: is not JSON: it breaks at", id="no-json"),
        pytest.param('{"id": "x"}', "This is no event: ", id="no-event"),
        pytest.param('{"events": []}', "This is no notification: it holds no event", id="empty"),
        pytest.param("", "This is no event: ", id="nothing"),
    ],
)
async def test_what_is_wrong_is_said_at_the_form_and_what_was_typed_kept(
    pipeline: Pipeline, visitor: Visitor, text: str, says: str
) -> None:
    form = await opened(visitor, await only(pipeline, make_event("push", "Team/App")))
    refused = await send(visitor, form, text)
    assert refused.status == 422
    assert says in refused.text
    assert typed(refused) == text
    assert await waiting(url_of(pipeline.settings), DEAD_QUEUE) == 1
    assert (await send(visitor, refused, json.dumps(make_event()))).status == 200


async def test_no_change_is_no_edit(pipeline: Pipeline, visitor: Visitor) -> None:
    form = await opened(visitor, await only(pipeline, make_event("push", "Team/App")))
    same = await send(visitor, form, typed(form))
    assert same.status == 422
    assert "Nothing was changed in it" in same.text


async def test_one_may_go_back_to_what_was_typed(pipeline: Pipeline, visitor: Visitor) -> None:
    form = await opened(visitor, await only(pipeline, make_event("push", "Team/App")))
    text = typed(form).replace("Team/App", "team/app")
    plan = await send(visitor, form, text)
    fields = {name: plan.field(name) for name in ("form_key", "id", "payload")}
    again = await visitor.post("/dead-letters/edit", {**fields, "again": "1"})
    assert typed(again) == text


async def test_hostile_text_elsewhere_survives_an_edit(
    pipeline: Pipeline, visitor: Visitor
) -> None:
    event = make_event("push", "Team/App", target={"tag": "v1", "url": HOSTILE}, note=HOSTILE)
    form = await opened(visitor, await only(pipeline, event))
    assert "</textarea><script>" not in form.source
    await pipeline.database.execute("ALTER TABLE tracking_events ADD CHECK (repository = 'no')")
    plan = await send(visitor, form, typed(form).replace("Team/App", "team/app"))
    await visitor.ended(await visitor.confirm(plan))
    (back,) = await pipeline.dead_letters(1)
    event["target"]["repository"] = "team/app"
    assert json.loads(back.body) == event


@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param("{\x00", "holds characters that a form would change", id="nul"),
        pytest.param("{\x1b\u202e", "holds characters that a form would change", id="steering"),
        pytest.param(json.dumps({"x": "y" * 70_000}), "larger than a form", id="large"),
    ],
)
async def test_what_no_form_can_carry_is_left_to_the_terminal(
    pipeline: Pipeline, visitor: Visitor, body: str, says: str
) -> None:
    one = await only(pipeline, body)
    page = await opened(visitor, one)
    assert page.status == 422
    assert says in page.text
    assert f"registry-events dead-letters edit {one.message_id}" in page.text
    assert "<textarea" not in page.source


async def test_what_was_typed_outlives_its_dead_letter(
    pipeline: Pipeline, visitor: Visitor
) -> None:
    form = await opened(visitor, await only(pipeline, make_event("push", "Team/App")))
    discard = await visitor.get("/dead-letters/plan?operation=discard&all=1")
    await visitor.ended(await visitor.confirm(discard, count="1"))
    gone = await send(visitor, form, "what I typed")
    assert gone.status == 409
    assert "No dead letter has this id any more" in gone.text
    assert typed(gone) == "what I typed"


async def test_a_form_that_is_too_large_says_what_to_use(
    pipeline: Pipeline, visitor: Visitor
) -> None:
    form = await opened(visitor, await only(pipeline, make_event("push", "Team/App")))
    page = await send(visitor, form, "x" * 100_000)
    assert page.status == 413
    assert "at most 64 KiB" in page.text
    assert "registry-events dead-letters edit" in page.text
