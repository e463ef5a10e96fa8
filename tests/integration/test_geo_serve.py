"""The geo log over HTTP: what is answered, and what that does."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from shared.database import Pool
from tests.geo_requests import ASKED, PENDING, encoded
from tests.serving import Served, new_token, serving
from tests.sites import opened, record
from tests.waiting import eventually


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    async with opened(database_url) as made:
        yield made


@pytest.fixture
async def served(pool: Pool) -> AsyncIterator[Served]:
    async with serving(pool) as one:
        yield one


@pytest.fixture
async def token(pool: Pool) -> str:
    return await new_token(pool)


async def test_every_operation_of_the_description_works(
    served: Served, pool: Pool, token: str
) -> None:
    await record(pool, "a", "b")
    answers = {}
    for (method, path), body in ASKED.items():
        answer = await served.ask(method, path, token=token, body=encoded(body))
        assert answer.status in {200, 204}, (method, path, answer)
        answers[method, path] = answer.json
    events = answers["GET", "/geo/events?after=0"]
    assert [(one["id"], one["repository"]) for one in events["events"]] == [(1, "a"), (2, "b")]
    assert events["last_id"] == 2
    assert answers["PUT", "/geo/cursor"] == {"cursor": 1}
    assert answers["POST", "/geo/everything"] == {"cursor": 2}
    assert answers["GET", "/geo/pending"] == {"due": 2}
    description = await served.ask("GET", "/geo/openapi.json")
    assert (description.status, description.json["openapi"]) == (200, "3.1.0")


async def test_a_site_sees_and_moves_itself_alone(served: Served, pool: Pool, token: str) -> None:
    await record(pool, "a", "b")
    other = await new_token(pool, "oslo")
    move = encoded({"from": 0, "to": 1, "pending": [PENDING]})
    assert (await served.ask("PUT", "/geo/cursor", token=token, body=move)).status == 200
    assert (await served.ask("GET", "/geo/cursor", token=other)).json == {"cursor": 0}
    claim = encoded({"limit": 10, "lease": 30})
    claimed = await served.ask("POST", "/geo/pending/claim", token=other, body=claim)
    assert claimed.json == {"pending": []}
    assert (await served.ask("GET", "/geo/pending", token=other)).json == {"due": 0}
    for what in ("equal", "failed", "renew"):
        path = f"/geo/pending/{what}"
        body = encoded(ASKED["POST", path])
        assert (await served.ask("POST", path, token=other, body=body)).status == 204
    claimed = await served.ask("POST", "/geo/pending/claim", token=token, body=claim)
    assert claimed.json == {"pending": [PENDING]}


async def test_a_cursor_that_another_has_moved_is_a_conflict(
    served: Served, pool: Pool, token: str
) -> None:
    await record(pool, "a", "b")
    move = encoded({"from": 0, "to": 1})
    answers = await asyncio.gather(
        *(served.ask("PUT", "/geo/cursor", token=token, body=move) for _ in range(5))
    )
    assert sorted(one.status for one in answers) == [200, 409, 409, 409, 409]
    assert (
        await served.ask("POST", "/geo/everything", token=token, body=b'{"cursor":0}')
    ).status == 409


async def test_what_was_dropped_is_gone(served: Served, pool: Pool, token: str) -> None:
    await record(pool, "a", "b", "c")
    await pool.execute("DELETE FROM geo_events WHERE id < 3")
    answer = await served.ask("GET", "/geo/events?after=0", token=token)
    assert (answer.status, answer.json["title"]) == (410, "Gone")
    assert (await served.ask("GET", "/geo/events?after=2", token=token)).status == 200


async def test_a_log_that_misses_something_is_broken(
    served: Served, pool: Pool, token: str
) -> None:
    await record(pool, "a", "b", "c")
    await pool.execute("DELETE FROM geo_events WHERE id = 2")
    answer = await served.ask("GET", "/geo/events?after=0", token=token)
    assert (answer.status, answer.json["type"]) == (500, "broken-log")
    beyond = await served.ask("GET", "/geo/events?after=9&wait=30", token=token)
    assert (beyond.status, beyond.json["type"]) == (500, "broken-log")


async def test_what_a_site_says_is_safe_to_print(served: Served, pool: Pool, token: str) -> None:
    why = "\x1b[2Jno\x00t \u202e with Bearer abcdefghijklmnop and https://u:p@registry/"
    said = await served.ask("POST", "/geo/stuck", token=token, body=encoded({"why": why}))
    assert said.status == 204
    error = await pool.fetchval("SELECT error FROM geo_sites")
    assert error.isprintable()
    assert not [secret for secret in ("abcdefghijklmnop", "u:p") if secret in error]


@pytest.mark.parametrize("path", ["/geo/events?after=0", "/geo/cursor", "/geo/openapi.json"])
async def test_a_head_is_answered_as_its_get(
    served: Served, pool: Pool, token: str, path: str
) -> None:
    await record(pool, "a")
    answer = await served.ask("HEAD", path, token=token)
    assert (answer.status, answer.json) == (200, "")
    assert answer.headers["Content-Type"] == "application/json"


async def test_what_it_is_like_is_told_to_probes(served: Served, pool: Pool, token: str) -> None:
    await record(pool, "a")
    await served.ask("GET", "/geo/events?after=0", token=token)
    assert (await served.ask("GET", "/health/live")).json == {"live": True}
    assert (await served.ask("GET", "/health/ready")).json == {"ready": True, "missing": {}}
    figures = (await served.ask("GET", "/metrics")).json
    assert 'geo_serve_requests_total{path="/geo/events",status="200"} 1.0' in figures
    assert "registry_events_geo_serve_changes_total 1.0" in figures


async def waiting(served: Served, count: int) -> None:
    async def wait() -> bool:
        return served.end.waiting == count

    await eventually(wait)
