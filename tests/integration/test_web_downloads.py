"""The lists of the console's pages as files, whatever senders put into them."""

import csv
import json
from collections.abc import AsyncIterator

import pytest

from shared.amqp.topology import DEAD_QUEUE
from tests.consoles import Page, Visitor, running_console
from tests.factories import make_envelope, make_event
from tests.processes import waiting
from tests.running import running_pipeline

FORMULA = '=HYPERLINK("http://evil.example/","\u202eclick",\n\x00)'
SHOWN = '\'=HYPERLINK("http://evil.example/","\\u202eclick",\\x0a\\x00)'
LISTED = (
    *("group", "message_id", "routing_key", "story", "event_id", "action", "repository"),
    *("tag", "timestamp", "headers", "body", "registry_source", "registry"),
)
PATHS = ("/dead-letters/list.jsonl", "/dead-letters/list.csv", "/events.jsonl", "/events.csv")


@pytest.fixture
async def visitor(amqp_url: str, database_url: str) -> AsyncIterator[Visitor]:
    """Of a console with two dead letters and an event."""
    async with running_pipeline(amqp_url, database_url) as pipeline:
        bad = [make_event("push", name, target={"tag": FORMULA}) for name in (FORMULA, "A//B")]
        good = make_event("push", "team/app", target={"tag": "-1"})
        await pipeline.post(make_envelope(good, *bad))
        await pipeline.settled(1)
        await pipeline.dead_letters(2)
    async with running_console(amqp_url, database_url) as console:
        yield console


def rows(page: Page) -> list[dict[str, str]]:
    assert page.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert page.source.endswith("\r\n")
    return list(csv.DictReader(page.source.splitlines(), strict=True))


async def test_dead_letters_as_lines_of_json(visitor: Visitor, amqp_url: str) -> None:
    page = await visitor.get("/dead-letters/list.jsonl")
    assert page.status == 200
    assert page.headers["Content-Disposition"] == 'attachment; filename="dead-letters.jsonl"'
    assert page.source.isascii()
    hostile, plain = map(json.loads, page.source.splitlines())
    assert tuple(hostile) == LISTED
    assert (hostile["repository"], hostile["tag"]) == (FORMULA, FORMULA)
    assert (plain["repository"], plain["story"]["reason"]) == ("A//B", "invalid_event")
    assert await waiting(amqp_url, DEAD_QUEUE) == 2


async def test_dead_letters_as_a_table_that_computes_nothing(visitor: Visitor) -> None:
    page = await visitor.get("/dead-letters/list.csv")
    assert page.headers["Content-Disposition"] == 'attachment; filename="dead-letters.csv"'
    assert page.source.replace("\r\n", "").isprintable()
    hostile, plain = rows(page)
    assert (hostile["repository"], hostile["tag"]) == (SHOWN, SHOWN)
    assert (plain["repository"], plain["story_attempts"]) == ("A//B", "1")
    assert not [cell for row in (hostile, plain) for cell in row.values() if cell[:1] in "=+-@\t\r"]


async def test_a_file_says_no_more_than_its_page(visitor: Visitor) -> None:
    for path in PATHS[:2]:
        page = await visitor.get(path)
        assert "alice" not in page.source
        assert "skopeo" not in page.source
        assert "****" in page.source


async def test_what_is_selected_is_downloaded(visitor: Visitor) -> None:
    listed = await visitor.get("/dead-letters/list?repository=A*")
    (link,) = [link for link in listed.links if ".csv" in link]
    (one,) = rows(await visitor.get(link))
    assert one["repository"] == "A//B"
    assert "Download what matches as JSON lines or CSV , masked" in listed.text
    assert "Download all as JSON lines" in (await visitor.get("/dead-letters/list")).text
    nothing = await visitor.get("/dead-letters/list.csv?repository=nothing")
    assert nothing.status == 404
    assert "nothing matches" in nothing.text
    assert (await visitor.get("/dead-letters/list.csv?since=yesterday")).status == 400


async def test_events_as_files(visitor: Visitor) -> None:
    page = await visitor.get("/events")
    assert "Download the newest 10,000 at most, as JSON lines or CSV" in page.text
    (line,) = (await visitor.get("/events.jsonl?repository=team/*")).source.splitlines()
    event = json.loads(line)
    assert (event["action"], event["repository"], event["tag"]) == ("push_tag", "team/app", "-1")
    assert len(event["digest"]) == len("sha256:") + 64
    (row,) = rows(await visitor.get("/events.csv"))
    assert (row["repository"], row["tag"]) == ("team/app", "'-1")
    assert float(row["lag_seconds"]) == event["lag_seconds"]


async def test_where_there_is_more_the_page_says_so(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("dead_letters", "downloads"):
        monkeypatch.setattr(f"console.web.pages.{module}.MOST", 1)
    listed = await visitor.get("/dead-letters/list")
    assert "Download the youngest 1 as JSON lines or CSV" in listed.text
    (one,) = rows(await visitor.get("/dead-letters/list.csv"))
    assert one["repository"] == "A//B"


@pytest.mark.parametrize("path", PATHS)
async def test_another_site_leaves_no_file(visitor: Visitor, path: str) -> None:
    navigated = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    for site in ("cross-site", "same-site"):
        page = await visitor.get(path, **navigated, **{"Sec-Fetch-Site": site})
        assert page.status == 403
    own = await visitor.get(path, **navigated, **{"Sec-Fetch-Site": "same-origin"})
    assert own.status == 200
    assert own.headers["Cache-Control"] == "no-store"
    assert own.headers["X-Content-Type-Options"] == "nosniff"
    assert (await visitor.send("POST", path)).status == 403


async def test_strangers_get_no_file(amqp_url: str, database_url: str) -> None:
    async with running_console(amqp_url, database_url, console_tokens="a-token-of-somebody") as one:
        for path in PATHS:
            assert (await one.get(path, Accept="*/*")).status == 401
