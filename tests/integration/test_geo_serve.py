"""The geo log over HTTP: who may ask, what is answered, and what nobody can do to it."""

import asyncio
import json
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any

import pytest

from shared.database import Pool
from tests.serving import Served, new_token, serving
from tests.sites import opened, record
from tests.waiting import eventually

PENDING = {"source": "default", "repository": "a", "change_id": 1, "attempts": 0}
# Each that needs a token, with a body that is taken.
ASKED: dict[tuple[str, str], Any] = {
    ("GET", "/geo/events?after=0"): None,
    ("GET", "/geo/cursor"): None,
    ("PUT", "/geo/cursor"): {"from": 0, "to": 1, "pending": [PENDING]},
    ("POST", "/geo/everything"): {"cursor": 1},
    ("POST", "/geo/lead"): {"follower": "f1", "lease": 30},
    ("POST", "/geo/stuck"): {"why": "the registry refuses"},
    ("GET", "/geo/pending"): None,
    ("POST", "/geo/pending/claim"): {"limit": 10, "lease": 30},
    ("POST", "/geo/pending/renew"): {"pending": [PENDING], "lease": 30},
    ("POST", "/geo/pending/failed"): {"pending": PENDING, "cause": "no", "again": 0},
    ("POST", "/geo/pending/equal"): PENDING,
}
EACH = pytest.mark.parametrize(("method", "path"), ASKED, ids=[" ".join(one) for one in ASKED])
WITH_BODY = pytest.mark.parametrize(
    ("method", "path"),
    [one for one, body in ASKED.items() if body],
    ids=[" ".join(one) for one, body in ASKED.items() if body],
)


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


def encoded(body: Any) -> bytes | None:
    return None if body is None else json.dumps(body).encode()


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


@EACH
async def test_a_wrong_token_opens_nothing(
    served: Served, pool: Pool, token: str, method: str, path: str
) -> None:
    old, body = await new_token(pool, "oslo"), encoded(ASKED[method, path])
    await new_token(pool, "oslo")
    await pool.execute("INSERT INTO geo_sites (name, cursor) VALUES ('no-token', 0)")
    headers: list[dict[str, str]] = [
        {},
        *(
            {"Authorization": f"Bearer {one}"}
            for one in ("", old, f"{token}x", "\xff\xfe", "x" * 4_000)
        ),
        {"Authorization": token},
        {"Authorization": f"Basic {token}"},
    ]
    for one in headers:
        answer = await served.ask(method, path, body=body, headers=one)
        assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "Bearer"), one
        assert answer.json["detail"] == "the Authorization header is no site's token"
    assert await pool.fetchval("SELECT max(cursor) FROM geo_sites") == 0
    assert (await served.ask(method, path, body=b"{", token=token)).status != 401


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


@pytest.mark.parametrize(
    "query",
    [
        "", "?after=", "?after=-1", "?after=1.5", "?after=9223372036854775808", "?after=%00",
        f"?after={'9' * 5000}", "?after=1&after=2", "?after=0&limit=0", "?after=0&limit=1001",
        "?after=0&wait=-1", "?after=0&wait=51", "?after=0&wait=nan", "?after=0&wait=inf",
        "?after=0&wait=1e400", "?after=0&other=1", "?after=0&%00=1", "?after=0x10", "?after=1_0",
        "?after=true", "?after=null", "?after[]=1", "?after=%F0%9F%98%80", "?after=%ff",
    ],
    ids=lambda query: query[:30],
)  # fmt: skip
async def test_a_query_that_is_none_is_a_sentence(served: Served, token: str, query: str) -> None:
    answer = await served.ask("GET", f"/geo/events{query}", token=token)
    assert (answer.status, answer.json["title"]) == (400, "Bad Request")
    assert answer.json["detail"].startswith(("the query: ", "a parameter of the query "))


HOSTILE = {
    "nothing": b"",
    "no JSON": b"{",
    "no object": b"[]",
    "a number": b"1",
    "null": b"null",
    "NaN": b'{"from":NaN,"to":1}',
    "not UTF-8": b'{"from":0,"to":1,"\xff":1}',
    "NUL": b'\x00{"from":0,"to":1}',
    "nested": b'{"from":' + b"[" * 100_000,
    "nested in a member": b'{"x":' * 50_000 + b"1" + b"}" * 50_000,
    "digits": b'{"from":0,"to":' + b"9" * 100_000 + b"}",
    "twice": b'{"from":0,"from":0,"to":1}',
    "unknown": b'{"from":0,"to":1,"\\u0000":1}',
    "compressed": b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
}


@WITH_BODY
async def test_a_body_that_is_none_is_a_sentence(
    served: Served, token: str, method: str, path: str
) -> None:
    for name, body in HOSTILE.items():
        answer = await served.ask(method, path, token=token, body=body)
        assert answer.status == 400, (name, answer)
        assert answer.json["detail"].startswith("the body: "), name
        assert answer.json["detail"].isprintable(), name


@pytest.mark.parametrize(
    "change",
    [
        {"repository": "a\x00b"}, {"repository": "../../etc"}, {"repository": "A"},
        {"repository": "a\n"}, {"repository": "\ud800"}, {"source": "a\x00"}, {"source": "a\n"},
        {"source": "x" * 41}, {"change_id": 2**63}, {"attempts": 2**31},
    ],
    ids=str,
)  # fmt: skip
async def test_names_that_nothing_can_have_are_not_kept(
    served: Served, pool: Pool, token: str, change: dict[str, Any]
) -> None:
    await record(pool, "a")
    pending = {**PENDING, **change}
    sent = [
        ("PUT", "/geo/cursor", {"from": 0, "to": 1, "pending": [pending]}),
        ("POST", "/geo/pending/renew", {"pending": [pending], "lease": 30}),
        ("POST", "/geo/pending/equal", pending),
        ("POST", "/geo/pending/failed", {"pending": pending, "cause": "no", "again": 0}),
    ]
    for method, path, body in sent:
        answer = await served.ask(method, path, token=token, body=encoded(body))
        assert answer.status == 400, (path, answer)
    assert await pool.fetchval("SELECT count(*) FROM geo_pending") == 0
    assert await pool.fetchval("SELECT cursor FROM geo_sites") == 0


async def test_what_a_site_says_is_safe_to_print(served: Served, pool: Pool, token: str) -> None:
    why = "\x1b[2Jno\x00t \u202e with Bearer abcdefghijklmnop and https://u:p@registry/"
    said = await served.ask("POST", "/geo/stuck", token=token, body=encoded({"why": why}))
    assert said.status == 204
    error = await pool.fetchval("SELECT error FROM geo_sites")
    assert error.isprintable()
    assert not [secret for secret in ("abcdefghijklmnop", "u:p") if secret in error]


@WITH_BODY
async def test_a_body_without_end_is_refused(
    served: Served, token: str, method: str, path: str
) -> None:
    answer = await served.ask(method, path, token=token, body=b" " * (1024 * 1024 + 1))
    assert (answer.status, answer.json["title"]) == (413, HTTPStatus(413).phrase)


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("POST", "/geo/events", 405, "GET,HEAD"),
        ("DELETE", "/geo/cursor", 405, "GET,HEAD,PUT"),
        ("GET", "/geo/pending/claim", 405, "POST"),
        ("OPTIONS", "/geo/everything", 405, "POST"),
        ("GET", "/geo/nothing", 404, None),
        ("GET", "/", 404, None),
        ("GET", "/geo/events/", 404, None),
    ],
)
async def test_what_there_is_not_is_a_problem_too(
    served: Served, token: str, method: str, path: str, status: int, allow: str | None
) -> None:
    answer = await served.ask(method, path, token=token)
    assert (answer.status, answer.headers.get("Allow")) == (status, allow)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json["status"] == status


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
