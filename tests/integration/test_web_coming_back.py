"""What the page of a requeue says of those that came back to the dead letters."""

from collections.abc import AsyncIterator

import pytest

from tests.consoles import Page, Visitor, running_console
from tests.databases import refuse_poison
from tests.factories import make_envelope, make_event
from tests.running import Pipeline, running_pipeline
from tests.waiting import eventually

PLAN = "/dead-letters/plan?operation=requeue&all=1"


@pytest.fixture
async def pipeline(amqp_url: str, database_url: str) -> AsyncIterator[Pipeline]:
    async with running_pipeline(amqp_url, database_url) as running:
        await refuse_poison(running.database)
        yield running


@pytest.fixture
async def visitor(amqp_url: str, database_url: str) -> AsyncIterator[Visitor]:
    async with running_console(amqp_url, database_url, writable=True) as console:
        yield console


async def bury(pipeline: Pipeline, count: int) -> None:
    poison = [make_event("push", "team/poison", target={"tag": "v1"}) for _ in range(count)]
    await pipeline.post(make_envelope(*poison))
    await pipeline.dead_letters(count)


async def shows(visitor: Visitor, path: str, text: str) -> Page:
    async def shown() -> list[Page]:
        page = await visitor.get(path)
        return [page] if text in page.text else []

    return (await eventually(shown))[0]


async def test_a_canary_that_died_is_named_with_its_cause_and_linked(
    pipeline: Pipeline, visitor: Visitor
) -> None:
    await bury(pipeline, 3)
    first, *_ = await pipeline.dead_letters(3)
    done = await visitor.ended(await visitor.confirm(await visitor.get(PLAN), canary="1"))
    assert f"({first.event_id}: recording_failed, RaiseError: no row for team/poison)" in done.text
    assert "1 came back to the dead letters so far, as of " in done.text
    assert "1 \u00d7 recording_failed: RaiseError: no row for *" in done.text
    *_, canary = await pipeline.dead_letters(3)
    (link,) = [link for link in done.links if "/dead-letters/show" in link]
    assert link == f"/dead-letters/show?id={canary.message_id}"
    assert "requeued 1 times" in (await visitor.get(link)).text


async def test_those_that_came_back_are_counted_by_cause_and_no_others(
    pipeline: Pipeline, visitor: Visitor
) -> None:
    await bury(pipeline, 3)
    plan = await visitor.get(PLAN)
    await bury(pipeline, 4)
    done = await visitor.ended(await visitor.confirm(plan))
    path = next(link for link in done.links if link.startswith("/operations/"))
    page = await shows(visitor, path, "3 came back to the dead letters so far, as of ")
    assert "3 \u00d7 recording_failed: RaiseError: no row for *" in page.text
    (link,) = [link for link in page.links if "since=" in link]
    listed = await visitor.get(link)
    assert "3 dead letters that match" in listed.text


async def test_nothing_came_back(pipeline: Pipeline, visitor: Visitor) -> None:
    await bury(pipeline, 2)
    await pipeline.database.execute("DROP TRIGGER refuse ON tracking_events")
    done = await visitor.ended(await visitor.confirm(await visitor.get(PLAN)))
    assert "Nothing came back to the dead letters so far, as of " in done.text


async def test_what_is_discarded_does_not_come_back(pipeline: Pipeline, visitor: Visitor) -> None:
    await bury(pipeline, 1)
    plan = await visitor.get("/dead-letters/plan?operation=discard&all=1")
    done = await visitor.ended(await visitor.confirm(plan, count="1"))
    assert "1 of 1 discarded" in done.text
    assert "came back" not in done.text
