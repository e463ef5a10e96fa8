"""The geo log over HTTP: who may not ask, and what nobody can do to it."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any

import pytest
import pytest_asyncio

from shared.database import Pool
from tests.geo_requests import ASKED, PENDING, encoded
from tests.serving import Served, new_token, serving
from tests.sites import opened, record

# One service for all: they change nothing.
pytestmark = pytest.mark.asyncio(loop_scope="module")

EACH = pytest.mark.parametrize(("method", "path"), ASKED, ids=[" ".join(one) for one in ASKED])
WITH_BODY = pytest.mark.parametrize(
    ("method", "path"),
    [one for one, body in ASKED.items() if body],
    ids=[" ".join(one) for one, body in ASKED.items() if body],
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool(shared_urls: tuple[str, str]) -> AsyncIterator[Pool]:
    async with opened(shared_urls[1]) as made:
        await record(made, "a")
        await made.execute("INSERT INTO geo_sites (name, cursor) VALUES ('no-token', 0)")
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(pool: Pool) -> AsyncIterator[Served]:
    async with serving(pool) as one:
        yield one


@pytest_asyncio.fixture(loop_scope="module")
async def token(pool: Pool) -> str:
    return await new_token(pool)


@EACH
async def test_a_wrong_token_opens_nothing(
    served: Served, pool: Pool, token: str, method: str, path: str
) -> None:
    old, body = await new_token(pool, "oslo"), encoded(ASKED[method, path])
    await new_token(pool, "oslo")
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
    assert await pool.fetchval("SELECT max(cursor) FROM geo_sites") == 0


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
