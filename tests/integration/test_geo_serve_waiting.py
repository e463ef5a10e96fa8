"""Requests that wait for a change of the geo log: many at once, for one look each 0.2 s."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from shared.database import Pool
from tests.serving import Answer, Served, new_token, serving
from tests.sites import opened, record
from tests.waiting import eventually

MANY = 300


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    async with opened(database_url) as made:
        yield made


@pytest.fixture
async def served(pool: Pool) -> AsyncIterator[Served]:
    async with serving(pool, geo_serve_max_waiting=MANY) as one:
        yield one


async def wait_until_waiting(served: Served, count: int) -> None:
    async def wait() -> bool:
        return served.end.waiting == count

    await eventually(wait)


def begin(served: Served, token: str, *, after: int = 0) -> "asyncio.Task[Answer]":
    path = f"/geo/events?after={after}&wait=50"
    return asyncio.ensure_future(served.ask("GET", path, token=token))


async def test_many_wait_and_all_hear_of_it(served: Served, pool: Pool) -> None:
    tokens = [await new_token(pool, f"site-{number}") for number in range(MANY)]
    unbound = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=unbound) as http:
        many = Served(served.url, pool, served.end, http)
        tasks = [begin(many, token) for token in tokens]
        await wait_until_waiting(served, MANY)
        before = await looks(pool)

        async def some_looks() -> bool:
            return await looks(pool) >= before + 3

        await eventually(some_looks)
        # Each for itself would have looked as often as there are.
        assert await looks(pool) < before + MANY / 2
        last = await served.ask("GET", "/geo/events?after=0&wait=50", token=tokens[0])
        assert (last.status, last.headers["Retry-After"]) == (503, "1")
        await record(pool, "a")
        answers = await asyncio.gather(*tasks)
    assert {(one.status, one.json["events"][0]["id"]) for one in answers} == {(200, 1)}


LOOKS = "SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'geo_event_counter'"


async def looks(pool: Pool) -> int:
    """How often somebody has looked where the log ends."""
    return int(await pool.fetchval(LOOKS))


async def test_one_site_does_not_take_all_the_room(served: Served, pool: Pool) -> None:
    greedy, modest = await new_token(pool), await new_token(pool, "oslo")
    tasks = [begin(served, greedy) for _ in range(32)]
    await wait_until_waiting(served, 32)
    assert (await begin(served, greedy)).status == 503
    other = begin(served, modest)
    await wait_until_waiting(served, 33)
    await record(pool, "a")
    answers = await asyncio.gather(other, *tasks)
    assert {one.status for one in answers} == {200}


async def test_who_goes_waits_no_more(served: Served, pool: Pool) -> None:
    token = await new_token(pool)
    tasks = [begin(served, token) for _ in range(5)]
    await wait_until_waiting(served, 5)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    await wait_until_waiting(served, 0)


async def test_nothing_comes_in_time(served: Served, pool: Pool) -> None:
    token = await new_token(pool)
    await record(pool, "a")
    answer = await served.ask("GET", "/geo/events?after=1&wait=0.1", token=token)
    assert (answer.status, answer.json) == (200, {"events": [], "last_id": 1})


async def test_a_token_that_is_exchanged_ends_what_it_opened(served: Served, pool: Pool) -> None:
    task = begin(served, await new_token(pool))
    await wait_until_waiting(served, 1)
    await new_token(pool)
    await record(pool, "a")
    assert (await task).status == 401


async def test_who_waits_is_told_when_the_service_stops(served: Served, pool: Pool) -> None:
    task = begin(served, await new_token(pool))
    await wait_until_waiting(served, 1)
    served.end.close()
    assert (await task).json == {"events": [], "last_id": 0}


@pytest.mark.parametrize("path", ["/geo/events?after=0", "/geo/cursor"])
async def test_a_database_that_is_away_is_503(served: Served, pool: Pool, path: str) -> None:
    token = await new_token(pool)
    task = begin(served, token)
    await wait_until_waiting(served, 1)
    await pool.execute("ALTER TABLE geo_event_counter RENAME TO hidden")
    await pool.execute("ALTER TABLE geo_sites RENAME TO hidden_too")
    for answer in (await task, await served.ask("GET", path, token=token)):
        assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
        assert answer.json["detail"] == "the log's database does not answer"
