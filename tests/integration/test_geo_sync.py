"""What the log names is made equal, whatever fails meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import web

from geo.syncing import app
from shared.database import Pool
from shared.service import StartError
from tests.forwarding import opened
from tests.liar import Liar, instead
from tests.pairs import Pair, assert_equal, tags
from tests.running import make_settings
from tests.sites import journal
from tests.syncing import (
    PENDING,
    SITE,
    nothing_pending,
    order,
    push,
    running_sync,
    sync_once,
    told,
)
from tests.waiting import eventually

pytestmark = pytest.mark.usefixtures("registry_programs")

DUE = "UPDATE geo_pending SET due_at = now()"


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    async with opened(database_url) as made:
        yield made


async def test_a_new_site_begins_with_everything(pair: Pair, pool: Pool, database_url: str) -> None:
    pair.images("team/a", "team/b")
    await push(pool, "team/a", "team/b")
    tally = await sync_once(database_url, order(pair))
    assert (tally.equal, tally.failing) == (2, {})
    await assert_equal(pair, "team/a", "team/b")
    assert await pool.fetch(PENDING) == []


async def test_afterwards_it_looks_at_what_has_changed(
    pair: Pair, pool: Pool, database_url: str
) -> None:
    pair.images("team/a", "team/b")
    await push(pool, "team/a", "team/b")
    await sync_once(database_url, order(pair))
    pair.push("image-1", "team/a:v2")
    await push(pool, "team/a")
    assert (await sync_once(database_url, order(pair))).equal == 1
    await assert_equal(pair, "team/a")
    assert (await sync_once(database_url, order(pair))).equal == 0
    assert (await sync_once(database_url, order(pair, full=True))).equal == 2


async def test_only_some_repositories(pair: Pair, pool: Pool, database_url: str) -> None:
    pair.images("team/a", "other/b")
    await push(pool, "team/a", "other/b")
    assert (await sync_once(database_url, order(pair, globs=("team/*",)))).equal == 1
    assert await tags(pair.secondary, "other/b") == []
    # Nobody waits for it.
    assert await pool.fetch(PENDING) == []


async def test_it_goes_on_with_what_comes(pair: Pair, pool: Pool, database_url: str) -> None:
    async with running_sync(database_url, order(pair)):
        for number in range(3):
            pair.layout.add_image("image", seed=str(number))
            pair.push("image", f"team/app:v{number}")
            await push(pool, "team/app")

            async def there(tag: str = f"v{number}") -> bool:
                return tag in await tags(pair.secondary, "team/app")

            await eventually(there)
        await nothing_pending(pool)
    await assert_equal(pair, "team/app")


async def test_one_that_fails_waits_and_the_others_go_on(
    pair: Pair, pool: Pool, database_url: str
) -> None:
    pair.images("team/bad", "team/good")
    await push(pool, "team/bad", "team/good")
    async with Liar(pair.primary).running() as source:
        refused = instead("/v2/team/bad/tags", lambda: web.Response(status=403))
        source.lies.append(refused)
        tally = await sync_once(database_url, order(pair, source=source.address))
        assert tally.equal == 1
        (row,) = await pool.fetch(PENDING)
        assert (row["path"], row["attempts"]) == ("team/bad", 1)
        assert row["cause"] == tally.failing["team/bad"]
        assert "403" in row["cause"]
        # It is not due yet.
        assert (await sync_once(database_url, order(pair))).failing == {}
        source.lies.clear()
        await pool.execute(DUE)
        tally = await sync_once(database_url, order(pair, source=source.address))
    assert (tally.equal, tally.failing) == (1, {})
    await assert_equal(pair, "team/bad", "team/good")


async def test_a_run_that_ends_waits_for_what_somebody_holds(
    pair: Pair, pool: Pool, database_url: str
) -> None:
    pair.images("team/a", "team/b")
    await push(pool, "team/a", "team/b")
    killed = journal(pool, SITE)
    await killed.everything(await killed.cursor())
    assert len(await killed.claim(1, timedelta(seconds=2))) == 1
    assert (await sync_once(database_url, order(pair))).equal == 2
    await assert_equal(pair, "team/a", "team/b")


async def test_two_share_the_work(pair: Pair, pool: Pool, database_url: str) -> None:
    repositories = [f"team/app-{number}" for number in range(12)]
    pair.images(*repositories)
    async with (
        running_sync(database_url, order(pair, at_once=1)),
        running_sync(database_url, order(pair, at_once=1)),
    ):
        await push(pool, *repositories)
        await assert_all_there(pair, repositories)
        await nothing_pending(pool)
    await assert_equal(pair, *repositories)


async def assert_all_there(pair: Pair, repositories: list[str]) -> None:
    async def all_there() -> bool:
        return all([await tags(pair.secondary, one) for one in repositories])

    await eventually(all_there)


async def test_a_registry_goes_away_and_comes_back(
    pair: Pair, pool: Pool, database_url: str
) -> None:
    pair.images("team/app")
    async with running_sync(database_url, order(pair)):
        pair.secondary.kill()
        await push(pool, "team/app")

        async def failed() -> bool:
            return bool(await pool.fetchval("SELECT cause FROM geo_pending"))

        await eventually(failed)
        pair.secondary.start()
        await pool.execute(DUE)
        await nothing_pending(pool)
    await assert_equal(pair, "team/app")


async def test_a_log_whose_beginning_was_dropped_makes_everything_pending(
    pair: Pair, pool: Pool, database_url: str
) -> None:
    pair.images("team/app")
    await push(pool, "team/app", "team/gone")
    await pool.execute("INSERT INTO geo_sites (name, cursor) VALUES ($1, 1)", SITE)
    await pool.execute("DELETE FROM geo_events")
    await pool.execute(
        "INSERT INTO dropped_ranges VALUES ('geo_events', now() - interval '1 d', now())"
    )
    tally = await sync_once(database_url, order(pair))
    assert tally.equal == 2
    await assert_equal(pair, "team/app")
    assert await pool.fetchval("SELECT cursor FROM geo_sites WHERE name = $1", SITE) == 2


async def test_two_begin_a_new_site_at_once(pair: Pair, pool: Pool, database_url: str) -> None:
    pair.images("team/app")
    await push(pool, "team/app")
    tallies = await asyncio.gather(
        *(sync_once(database_url, order(pair, full=full)) for full in (False, True))
    )
    assert sum(tally.equal for tally in tallies) >= 1
    assert [tally.failing for tally in tallies] == [{}, {}]
    await assert_equal(pair, "team/app")


async def test_a_site_that_was_removed_ends_it(pair: Pair, pool: Pool, database_url: str) -> None:
    await push(pool, "team/app")
    settings = make_settings("amqp://unused", database_url, geo_sync_listen="127.0.0.1:0")
    running = asyncio.ensure_future(app.run(settings, order(pair), told))

    async def followed() -> bool:
        return bool(await pool.fetchval("SELECT seen_at FROM geo_sites"))

    await eventually(followed)
    await pool.execute("DELETE FROM geo_sites")
    await push(pool, "team/other")
    with pytest.raises(StartError, match=f"there is no site {SITE} any more"):
        await running
