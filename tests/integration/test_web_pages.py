"""What the console's pages say, without a script, on real servers."""

import asyncio
import html
import json
import re
from collections.abc import AsyncIterator

import aiohttp
import pytest

from console.local.network.ports import free_port
from shared.amqp.topology import DEAD_QUEUE
from tests.consoles import Visitor, running_console
from tests.databases import refuse_poison
from tests.factories import make_envelope, make_event
from tests.processes import waiting
from tests.reports import reported_request
from tests.running import Pipeline, running_pipeline
from tests.running import amqp_url as url_of
from tests.waiting import eventually

HOSTILE = "<script>alert(1)</script>\u202e\u200f\x1b[2J\x07\"'><img src=x onerror=alert(2)>{{7*7}}"
SHOWN = (
    "<script>alert(1)</script>\\u202e\\u200f\\x1b[2J\\x07\"'><img src=x onerror=alert(2)>{{7*7}}"
)


@pytest.fixture
async def pipeline(amqp_url: str, database_url: str) -> AsyncIterator[Pipeline]:
    async with running_pipeline(amqp_url, database_url) as running:
        yield running


@pytest.fixture
async def visitor(pipeline: Pipeline, amqp_url: str, database_url: str) -> AsyncIterator[Visitor]:
    services = f"{pipeline.url},http://{pipeline.settings.worker_listen}"
    async with running_console(
        amqp_url, database_url, writable=True, console_services=services
    ) as console:
        yield console


async def bury(pipeline: Pipeline, *repositories: str) -> None:
    events = [make_event("push", repository, target={"tag": "v1"}) for repository in repositories]
    await pipeline.post(make_envelope(*events))


async def test_it_is_working(pipeline: Pipeline, visitor: Visitor) -> None:
    await pipeline.post(make_envelope(make_event("push", "team/app", target={"tag": "v7"})))
    await pipeline.settled(1)

    async def shown() -> str:
        page = await visitor.get("/")
        return page.text if "last event recorded" in page.text else ""

    text = await eventually(shown)
    assert "It is working: last event recorded" in text
    assert "Ingest 1 of 1 ready" in text
    assert "Workers 1 connected" in text
    assert "push_tag team/app v7" in text
    assert "0 dead letters" in text


async def test_what_is_away_is_said(database_url: str) -> None:
    away = f"amqp://127.0.0.1:{free_port()}"
    async with running_console(away, database_url) as visitor:
        page = await visitor.get("/")
        assert page.status == 200
        assert "It is not working" in page.text
        assert "No event comes in or goes out: the broker at 127.0.0.1:" in page.text
        page = await visitor.get("/dead-letters")
        assert page.status == 503
        assert "The broker at 127.0.0.1:" in page.text


async def test_without_a_database(amqp_url: str) -> None:
    away = f"postgresql://127.0.0.1:{free_port()}/x"
    async with running_console(amqp_url, away) as visitor:
        page = await visitor.get("/")
        assert page.status == 200
        assert (
            "No event is recorded; they wait in the queue and none is lost: the database at"
            in page.text
        )
        assert "is seen with REGISTRY_EVENTS_CONSOLE_SERVICES" in page.text
        for path in ("/events", "/history"):
            page = await visitor.get(path)
            assert page.status == 503
            assert "database" in page.text


async def test_events_are_found_by_repository_and_action(
    pipeline: Pipeline, visitor: Visitor
) -> None:
    events = [
        make_event("push", "team_a/app", target={"tag": "v1"}),
        make_event("delete", "team_a/web", target={"tag": "v2"}),
        make_event("push", "teamxa/app", target={"tag": "v3"}),
    ]
    await pipeline.post(make_envelope(*events))
    await pipeline.settled(3)
    assert "v1" in (await visitor.get("/events")).text
    page = await visitor.get("/events?repository=team_a/*")
    assert "team_a/app v1" in page.text
    assert "team_a/web v2" in page.text
    assert "teamxa" not in page.text
    page = await visitor.get("/events?action=delete_tag")
    assert "team_a/web v2" in page.text
    assert "team_a/app v1" not in page.text
    assert "Nothing matches." in (await visitor.get("/events?repository=nothing")).text


async def test_dead_letters_by_cause_and_one_by_one(pipeline: Pipeline, visitor: Visitor) -> None:
    await bury(pipeline, "", "", "A//B")
    page = await visitor.get("/dead-letters")
    assert "3 dead letters" in page.text
    assert "2 +2 invalid_event target.repository: is missing" in page.text
    (group, _) = [link for link in page.links if link.startswith("/dead-letters/list?group=")]
    listed = await visitor.get(group)
    assert "2 dead letters that match" in listed.text
    stories = [link for link in listed.links if "/show?id=" in link]
    assert len(stories) == 2
    story = await visitor.get(stories[0])
    assert "invalid_event: target.repository: is missing" in story.text
    assert "registry-events dead-letters edit" in story.text
    assert '"name": "****"' in story.text
    assert "alice" not in story.text
    assert "skopeo" not in story.text
    assert (
        "1 dead letter that matches" in (await visitor.get("/dead-letters/list?repository=A*")).text
    )
    assert "Nothing matches." in (await visitor.get("/dead-letters/list?action=delete")).text
    assert await waiting(url_of(pipeline.settings), DEAD_QUEUE) == 3


async def test_no_page_says_who(pipeline: Pipeline, visitor: Visitor) -> None:
    await pipeline.post(reported_request("11-gitlab-actor-user-shown")["body"].encode())
    (dead_letter,) = await pipeline.dead_letters(1)
    story = await visitor.get(f"/dead-letters/show?id={dead_letter.message_id}")
    assert '"user_type": "build"' in story.text
    for page in (story, *[await visitor.get(f"/dead-letters{path}") for path in ("", "/list")]):
        assert "Hunt/Upper" in page.text
        assert not re.search(r"&#34;root|header\.payload|192\.0\.2|docker/27", page.source)


@pytest.mark.parametrize(
    "query", ["since=yesterday", "attempts=many", "page=x", "page=999999", "error=" + "x" * 400]
)
async def test_what_cannot_be_selected_is_said(visitor: Visitor, query: str) -> None:
    page = await visitor.get(f"/dead-letters/list?{query}")
    assert page.status == 400


async def test_hostile_texts_are_shown_and_do_nothing(pipeline: Pipeline, visitor: Visitor) -> None:
    event = make_event(HOSTILE, HOSTILE, target={"tag": HOSTILE}, actor={"name": HOSTILE})
    await pipeline.post(make_envelope({**event, "id": HOSTILE, "action": "push"}))
    await pipeline.dead_letters(1)
    listed = await visitor.get("/dead-letters/list")
    (story,) = [link for link in listed.links if "/show?id=" in link]
    paths = ("/dead-letters", "/dead-letters/list", story, f"/events?repository={HOSTILE}")
    for path in (*paths, f"/dead-letters/list?error={HOSTILE}", f"/{HOSTILE}"):
        page = await visitor.get(path)
        assert "<script>alert" not in page.source
        assert "<img" not in page.source
        assert page.source.replace("\n", "").isprintable()
    assert f'title="{SHOWN}:{SHOWN}"' in html.unescape(listed.source)
    assert 'is not a repository path: "<script>alert(1)</script>' in listed.text


async def test_no_id_shows_nothing(pipeline: Pipeline, visitor: Visitor) -> None:
    await pipeline.post(b"no JSON")
    assert (await visitor.get("/dead-letters/show?id=")).status == 404
    assert (await visitor.get("/dead-letters/show")).status == 404


async def test_requeue_from_plan_to_result(pipeline: Pipeline, visitor: Visitor) -> None:
    await refuse_poison(pipeline.database)
    await bury(pipeline, "team/poison", "team/poison")
    await pipeline.dead_letters(2)
    await pipeline.database.execute("DROP TRIGGER refuse ON tracking_events")
    plan = await visitor.get("/dead-letters/plan?operation=requeue&reason=recording_failed")
    assert "Requeue 2 dead letters?" in plan.text
    assert "1 worker connected" in plan.text
    await bury(pipeline, "")
    done = await visitor.ended(await visitor.confirm(plan, note="mended", canary="1"))
    assert "2 of 2 requeued and confirmed" in done.text
    assert "canary: 1 recorded" in done.text
    assert [row["repository"] for row in await pipeline.settled(2)] == ["team/poison"] * 2
    assert "This plan was carried out already" in (await visitor.confirm(plan)).text
    history = (await visitor.get("/history")).text
    assert "requeue" in history
    assert "(console) --reason recording_failed 2 2 0 mended" in history
    assert await waiting(url_of(pipeline.settings), DEAD_QUEUE) == 1


async def test_a_canary_that_dies_stops_it(pipeline: Pipeline, visitor: Visitor) -> None:
    await refuse_poison(pipeline.database)
    await bury(pipeline, "team/poison", "team/poison", "team/poison")
    await pipeline.dead_letters(3)
    plan = await visitor.get("/dead-letters/plan?operation=requeue&all=1")
    done = await visitor.ended(await visitor.confirm(plan, canary="1"))
    assert "1 of 3 requeued and confirmed; stopped: canary: 1 dead again" in done.text
    *_, last = await pipeline.dead_letters(3)
    story = await visitor.get(f"/dead-letters/show?id={last.message_id}")
    assert re.search(r"died before \S+ \S+ \d attempts? RaiseError: no row", story.text)


async def test_discard_takes_the_number_and_no_later_arrival(
    pipeline: Pipeline, visitor: Visitor
) -> None:
    await bury(pipeline, "", "")
    plan = await visitor.get("/dead-letters/plan?operation=discard&all=1")
    await bury(pipeline, "", "")
    wrong = await visitor.confirm(plan, count="3")
    assert wrong.status == 400
    assert "Type 2 to confirm; nothing was discarded." in wrong.text
    done = await visitor.ended(await visitor.confirm(wrong, count="2"))
    assert "2 of 2 discarded" in done.text
    assert await waiting(url_of(pipeline.settings), DEAD_QUEUE) == 2


async def test_stopping_leaves_the_rest(pipeline: Pipeline, visitor: Visitor) -> None:
    await bury(pipeline, *["A//B"] * 30)
    plan = await visitor.get("/dead-letters/plan?operation=requeue&all=1")
    running = await visitor.confirm(plan, rate="1")
    (stop,) = re.findall(r'action="(/operations/[^"]+/stop)"', running.source)
    await visitor.post(stop, {"form_key": running.field("form_key")})
    done = await visitor.ended(running)
    assert "stopped: interrupted" in done.text


async def test_only_what_is_named_is_changed(visitor: Visitor) -> None:
    for query in ("operation=requeue", "operation=purge&all=1", "all=1"):
        page = await visitor.get(f"/dead-letters/plan?{query}")
        assert page.status == 400


async def test_a_change_arrives_by_itself(pipeline: Pipeline, visitor: Visitor) -> None:
    async with visitor.http.get(visitor.url + "/live") as live:
        assert live.content_type == "text/event-stream"
        assert live.headers["X-Accel-Buffering"] == "no"
        first = await message(live)
        assert set(first) == {"strip", "flow", "details", "recent"}
        await bury(pipeline, "")
        await pipeline.post(make_envelope(make_event("push", "late/comer")))
        async with asyncio.timeout(20):
            while "late/comer" not in (seen := await message(live)).get("recent", ""):
                assert "<html" not in json.dumps(seen)


async def test_only_what_came_after_the_look_is_a_change(
    pipeline: Pipeline, visitor: Visitor
) -> None:
    await bury(pipeline, "", "")
    page = await visitor.get("/dead-letters")
    (own,) = re.findall(r'data-live="([^"]+)"', page.source)
    assert await now(visitor, html.unescape(own)) == ""
    assert await now(visitor, "/dead-letters/live?looked=7&at=99999999999") == ""

    async with visitor.http.get(f"{visitor.url}/dead-letters/live?looked=7&at=0") as live:

        async def changed() -> bool:
            told = (await message(live))["now"]
            return "There are 2 dead letters now, -5 since this page was made" in told

        await eventually(changed)


async def now(visitor: Visitor, path: str) -> str:
    async with visitor.http.get(visitor.url + path) as live:
        return (await message(live))["now"]


async def test_the_verdict_leads_to_the_dead_letters(pipeline: Pipeline, visitor: Visitor) -> None:
    await bury(pipeline, "")

    async def led() -> bool:
        return (
            'dead-letters summary</code> <a href="/dead-letters">'
            in (await visitor.get("/")).source
        )

    await eventually(led)


async def test_what_is_no_json_can_be_seen_with_a_command(
    pipeline: Pipeline, visitor: Visitor
) -> None:
    await pipeline.post(b"no JSON")
    (one,) = await pipeline.dead_letters(1)
    story = await visitor.get(f"/dead-letters/show?id={one.message_id}")
    assert f"registry-events dead-letters show {one.message_id} --no-mask shows it" in story.text


async def message(live: aiohttp.ClientResponse) -> dict[str, str]:
    line = await live.content.readline()
    assert await live.content.readline() == b"\n"
    parts: dict[str, str] = json.loads(line.removeprefix(b"data: "))
    return parts
