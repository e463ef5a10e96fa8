"""A site's cursor and what it has pending: moved by one of many, and lost by no kill.

Beside the database and over HTTP alike.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import asyncpg
import pytest

from geo.following.journal import Due, FinalError, Journal, OvertakenError, Repository
from shared.database import Pool
from tests import sites
from tests.serving import Journals, journals_over_http
from tests.sites import opened, record
from tests.waiting import eventually

LEASE = timedelta(seconds=30)
A, B = Repository("default", "a"), Repository("default", "b")


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    async with opened(database_url) as made:
        yield made


@pytest.fixture(params=["database", "HTTP"])
async def journal(request: pytest.FixtureRequest, pool: Pool) -> AsyncIterator[Journals]:
    if request.param == "database":
        yield partial(sites.journal, pool)
        return
    async with journals_over_http(pool, "lima", "oslo") as made:
        yield made


async def pending(pool: Pool) -> asyncpg.Record:
    (found,) = await pool.fetch("SELECT * FROM geo_pending")
    return found


async def site(pool: Pool) -> asyncpg.Record:
    (found,) = await pool.fetch("SELECT * FROM geo_sites WHERE name = 'lima'")
    return found


async def claimed(followed: Journal, limit: int = 10) -> list[Due]:
    return list(await followed.claim(limit, LEASE))


@pytest.mark.parametrize(("from_now", "begins"), [(False, 0), (True, 2)], ids=["all", "now"])
async def test_a_new_site_is_written_down(pool: Pool, *, from_now: bool, begins: int) -> None:
    await record(pool, "a", "b")
    assert await sites.journal(pool, from_now=from_now).cursor() == begins
    assert await sites.journal(pool, from_now=not from_now).cursor() == begins


async def test_of_many_who_move_a_cursor_one_does(pool: Pool, journal: Journals) -> None:
    await record(pool, *"abcde")
    await journal().cursor()
    moves = [journal().advance(0, to, [Due(A, to, 0)]) for to in range(1, 6)]
    done = await asyncio.gather(*moves, return_exceptions=True)
    (mover,) = [to for to, one in enumerate(done, 1) if one is None]
    assert sum(isinstance(one, OvertakenError) for one in done) == 4
    assert await journal().cursor() == mover
    # Whoever was overtaken has left nothing.
    assert (await pending(pool))["change_id"] == mover


@pytest.mark.parametrize("to", [0, 3], ids=["back", "beyond the log"])
async def test_a_cursor_stays_within_the_log(pool: Pool, journal: Journals, to: int) -> None:
    await record(pool, "a", "b")
    lima = journal()
    await lima.cursor()
    await lima.advance(0, 1)
    with pytest.raises(FinalError, match="no such place"):
        await lima.advance(1, to)


async def test_a_site_that_was_removed_is_not_begun_again(pool: Pool, journal: Journals) -> None:
    await record(pool, "a")
    lima = journal()
    await lima.cursor()
    await pool.execute("DELETE FROM geo_sites")
    calls = (
        lima.cursor(), lima.changes(0, limit=1, wait=0), lima.advance(0, 1), lima.everything(0)
    )  # fmt: skip
    ends = await asyncio.gather(*calls, return_exceptions=True)
    assert [one for one in ends if not isinstance(one, FinalError)] == []


async def test_everything_is_the_catalogue_of_now(pool: Pool, journal: Journals) -> None:
    await record(pool, "a", "b", "a")
    await pool.execute(
        "INSERT INTO other_container_repositories (source, path) VALUES ('harbor', 'h')"
    )
    lima, all_of_it = journal(source="default"), journal("oslo")
    assert await lima.everything(await lima.cursor()) == 3
    assert await lima.cursor() == 3
    assert sorted(await claimed(lima)) == [Due(A, 3, 0), Due(B, 3, 0)]
    await all_of_it.everything(await all_of_it.cursor())
    assert len(await claimed(all_of_it)) == 3
    with pytest.raises(OvertakenError):
        await lima.everything(0)


async def test_a_claim_is_one_processs_until_its_lease_is_over(
    pool: Pool, journal: Journals
) -> None:
    await record(pool, "a", "b")
    lima = journal()
    await lima.everything(await lima.cursor())
    claims = await asyncio.gather(*(claimed(journal(), 1) for _ in range(4)))
    assert sorted(one for some in claims for one in some) == [Due(A, 2, 0), Due(B, 2, 0)]
    await pool.execute("UPDATE geo_pending SET held_until = now() WHERE path = 'a'")
    await lima.renew([Due(B, 2, 0)], LEASE)
    assert await claimed(lima) == [Due(A, 2, 0)]


async def test_what_is_due_is_counted_also_what_somebody_holds(
    pool: Pool, journal: Journals
) -> None:
    await record(pool, "a", "b")
    lima = journal()
    await lima.everything(await lima.cursor())
    (held,) = await claimed(lima, 1)
    assert await lima.due() == 2
    await lima.failed(held, "no such manifest", timedelta(hours=1))
    assert await lima.due() == 1
    assert await journal("oslo").due() == 0


async def test_one_that_is_equal_is_done_with(pool: Pool, journal: Journals) -> None:
    await record(pool, "a")
    lima = journal()
    await lima.everything(await lima.cursor())
    for due in await claimed(lima):
        await lima.equal(due)
    assert await pool.fetchval("SELECT count(*) FROM geo_pending") == 0


async def test_what_changes_while_it_is_made_equal_is_due_again(
    pool: Pool, journal: Journals
) -> None:
    await record(pool, "a", "a")
    lima = journal()
    await lima.cursor()
    await lima.advance(0, 1, [Due(A, 1, 0)])
    (held,) = await claimed(lima)
    await lima.advance(1, 2, [Due(A, 2, 0), Due(A, 1, 0)])
    assert await claimed(lima) == []
    await lima.equal(held)
    assert await claimed(lima) == [Due(A, 2, 0)]


async def test_what_failed_waits_and_says_why(pool: Pool, journal: Journals) -> None:
    await record(pool, "a", "a")
    lima = journal()
    await lima.cursor()
    await lima.advance(0, 1, [Due(A, 1, 0)])
    (held,) = await claimed(lima)
    await lima.failed(held, "no such manifest", timedelta(hours=1))
    # For whoever had it after the lease it has failed once, not twice.
    await lima.failed(held, "no such manifest", timedelta(hours=1))
    failed = await pending(pool)
    assert (failed["attempts"], failed["cause"], failed["held_until"]) == (
        1, "no such manifest", None,
    )  # fmt: skip
    assert await claimed(lima) == []
    # What comes later may have mended it.
    await lima.advance(1, 2, [Due(A, 2, 0)])
    (again,) = await claimed(lima)
    assert again == Due(A, 2, 1)
    await lima.equal(again)


async def test_a_failure_of_what_has_changed_meanwhile_is_tried_at_once(
    pool: Pool, journal: Journals
) -> None:
    await record(pool, "a", "a")
    lima = journal()
    await lima.cursor()
    await lima.advance(0, 1, [Due(A, 1, 0)])
    (held,) = await claimed(lima)
    await lima.advance(1, 2, [Due(A, 2, 0)])
    await lima.failed(held, "no such manifest", timedelta(hours=1))
    assert await claimed(lima) == [Due(A, 2, 1)]


async def test_a_site_is_seen_and_says_what_keeps_it(pool: Pool, journal: Journals) -> None:
    await record(pool, "a")
    lima = journal()
    await lima.cursor()
    assert (await site(pool))["seen_at"] is None
    await lima.changes(0, limit=1, wait=0)
    await lima.stuck("the registry refuses")
    stuck = await site(pool)
    assert stuck["seen_at"]
    assert stuck["error"] == "the registry refuses"
    assert stuck["moved_at"] is None
    await lima.advance(0, 1)
    assert (await site(pool))["moved_at"] > stuck["error_at"]


async def test_a_cut_between_leaves_cursor_and_pending_as_they_were(pool: Pool) -> None:
    await record(pool, "a")
    lima = sites.journal(pool)
    await lima.cursor()
    async with pool.acquire() as other, other.transaction():
        # Somebody holds the table of what is pending, so the move waits in its middle.
        await other.execute("LOCK TABLE geo_pending IN ACCESS EXCLUSIVE MODE")
        moving = asyncio.ensure_future(lima.advance(0, 1, [Due(A, 1, 0)]))

        async def waits() -> bool:
            return bool(await pool.fetchval(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE wait_event_type = 'Lock' AND datname = current_database()"
            ))  # fmt: skip

        await eventually(waits)
        moving.cancel()
        await asyncio.wait({moving})
    assert await lima.cursor() == 0
    assert await claimed(lima) == []


async def test_a_claim_takes_no_more_than_was_asked_for(pool: Pool, journal: Journals) -> None:
    """As the server plans it for a table that had next to nothing in it when it last looked."""
    await record(pool, *(f"app-{number}" for number in range(20)))
    lima = journal()
    cursor = await lima.cursor()
    await lima.advance(cursor, cursor + 1, [Due(A, cursor + 1, 0)])
    await pool.execute("VACUUM ANALYZE geo_pending")
    await lima.everything(cursor + 1)
    assert [len(await claimed(lima, limit=3)) for _ in range(3)] == [3, 3, 3]
