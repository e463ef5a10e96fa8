"""Each site is handed every id in order, whoever writes, is cut or is away meanwhile."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta

import pytest
import stamina

from console.local.servers.postgres import Postgres
from geo.following import follower, leading
from geo.following.follower import Follower
from geo.following.journal import ForgottenError, JournalError, RemovedError
from shared.database import Pool
from shared.partitions.acts import Verb
from shared.partitions.retention import Retention
from tests.followers import END, Heard, following
from tests.integration.test_outages import stopped
from tests.integration.test_retention import DAY, LATER, verbs
from tests.partitions import at, kept_up, recorder
from tests.sites import NOON, journal, opened, record
from tests.waiting import DEADLINE, eventually

WRITERS, BATCHES = 6, 25
TOLD = "SELECT EXISTS (SELECT FROM geo_sites WHERE error = $1)"


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    async with opened(database_url, size=20) as made:
        yield made


@pytest.fixture
def short_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leading, "_LEASE", timedelta(seconds=0.3))
    monkeypatch.setattr(leading, "_RENEWED", 0.05)
    monkeypatch.setattr(leading, "_PAUSE", 0.05)
    monkeypatch.setattr(follower, "_FIRST_WAIT", 0.05)
    monkeypatch.setattr(follower, "_JITTER", 0.05)


async def write(pool: Pool, chance: random.Random) -> None:
    """Batches of any size, each a transaction, beside other writers."""
    for _ in range(BATCHES):
        await recorder(pool).record([at(NOON) for _ in range(chance.randint(1, 9))])


async def follow(
    pool: Pool, site: str, heard: Heard, is_enough: Callable[[Heard], bool], chance: random.Random
) -> None:
    """By one follower after another, each cut somewhere."""
    while not is_enough(heard):
        async with following(journal(pool, site), heard):
            await asyncio.sleep(chance.random() / 2)


@pytest.mark.usefixtures("short_leases")
async def test_writers_cuts_and_several_followers(pool: Pool) -> None:
    seed = random.randrange(2**32)  # noqa: S311  no secret
    chance = random.Random(seed)  # noqa: S311  no secret
    sites = {"lima": Heard(), "oslo": Heard(most=1), "rome": Heard()}
    last = 0

    def is_enough(heard: Heard) -> bool:
        return heard.runs > 1 and bool(last) and set(heard.ids) == set(range(1, last + 1))

    followers = [
        asyncio.ensure_future(follow(pool, site, sites[site], is_enough, chance))
        for site in ("lima", "oslo", "rome", "rome")
    ]
    await asyncio.gather(*(write(pool, chance) for _ in range(WRITERS)))
    last = await pool.fetchval(END)
    async with asyncio.timeout(60):
        await asyncio.gather(*followers)
    assert last > WRITERS * BATCHES
    for site, heard in sites.items():
        assert heard.is_in_order(), f"seed {seed}, site {site}: {heard.ids}"
        assert await journal(pool, site).cursor() <= last


async def test_a_follower_that_ends_lets_the_next_one_begin_at_once(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leading, "_LEASE", timedelta(hours=1))
    first, second = Heard(), Heard()
    async with following(journal(pool), first) as leader:
        await record(pool, "a")
        await first.has_all(pool)
        async with following(journal(pool), second):
            await record(pool, "b")
            await first.has_all(pool)
            await leader.finish(10)
            await record(pool, "c")

            async def taken_over() -> bool:
                return second.ids == [3]

            await eventually(taken_over)
    assert first.ids == [1, 2]


@pytest.fixture
def retried() -> Iterator[list[Exception]]:
    """What a step failed with that is tried again."""
    causes: list[Exception] = []
    stamina.instrumentation.set_on_retry_hooks([lambda one: causes.append(one.caused_by)])
    yield causes
    stamina.instrumentation.set_on_retry_hooks(None)


@pytest.mark.usefixtures("short_leases")
async def test_a_database_that_goes_and_comes_back(
    postgres: Postgres, database_url: str, retried: list[Exception]
) -> None:
    heard = Heard()

    async def noticed() -> bool:
        return bool(retried)

    async with opened(database_url) as own, following(journal(own), heard):
        async with opened(database_url) as before:
            await record(before, "a", "b")
            await heard.has_all(before)
        with stopped(postgres):
            await eventually(noticed)
        async with opened(database_url) as after:
            await record(after, "c")
            await heard.has_all(after)
    assert heard.ids == [1, 2, 3]
    assert {type(one) for one in retried} == {JournalError}


@pytest.mark.usefixtures("short_leases")
async def test_what_is_not_taken_comes_again_and_nothing_before_it(pool: Pool) -> None:
    heard = Heard(most=1)
    await record(pool, "a", "b", "c")
    heard.refuses = "the cellar is full"
    async with following(journal(pool), heard):

        async def told() -> bool:
            return bool(await pool.fetchval(TOLD, heard.refuses))

        await eventually(told)
        assert await journal(pool).cursor() == 0
        heard.refuses = ""
        await heard.has_all(pool)
    assert heard.ids == [1, 2, 3]


async def test_changes_of_other_sources_are_passed_over(pool: Pool) -> None:
    heard = Heard()
    await record(pool, "a", "b", "a")
    await pool.execute("DELETE FROM container_repositories WHERE path = 'b'")
    await pool.execute(
        "INSERT INTO other_container_repositories (id, source, path) "
        "SELECT container_repository_id, 'harbor', 'b' FROM geo_events WHERE id = 2"
    )
    async with following(journal(pool), heard, source="default"):
        await settled(pool, 3)
    assert heard.ids == [1, 3]


async def test_retention_drops_what_was_read_and_the_site_goes_on(pool: Pool) -> None:
    heard, kept = Heard(), Retention(geo=60 * DAY)
    await record(pool, "a", "b")
    await journal(pool).cursor()
    assert (Verb.KEPT, "geo_events") in verbs(await kept_up(pool, kept, now=LATER))
    async with following(journal(pool), heard):
        await heard.has_all(pool)

        async def read() -> bool:
            return (Verb.DROPPED, "geo_events") in verbs(await kept_up(pool, kept, now=LATER))

        await eventually(read)
        await record(pool, "c")
        await heard.has_all(pool)
    assert heard.ids == [1, 2, 3]


RIGHTS = """
CREATE ROLE site LOGIN;
GRANT SELECT ON geo_events, geo_event_counter, container_repositories, tracking_events,
    repository_renames TO site;
GRANT SELECT, INSERT, UPDATE ON geo_sites TO site;
GRANT SELECT, INSERT, UPDATE, DELETE ON geo_pending TO site;
"""


async def test_a_role_with_few_rights_is_enough(pool: Pool, database_url: str) -> None:
    await record(pool, "a", "b")
    await pool.execute("DELETE FROM container_repositories WHERE path = 'b'")
    await pool.execute(RIGHTS)
    heard = Heard()
    try:
        async with (
            opened(database_url.replace("postgres@", "site@")) as own,
            following(journal(own), heard),
        ):
            await heard.has_all(pool)
            await journal(own).everything(await settled(own, 2))
    finally:
        await pool.execute("DROP OWNED BY site; DROP ROLE site")
    assert [one.repository for one in heard.changes] == ["a", "b"]
    assert await pool.fetchval("SELECT count(*) FROM geo_pending") == 1


async def settled(pool: Pool, cursor: int) -> int:
    async def moved() -> bool:
        return await journal(pool).cursor() == cursor

    await eventually(moved)
    return cursor


async def test_what_somebody_has_to_decide_ends_it_and_is_told(pool: Pool) -> None:
    await record(pool, "a")
    await kept_up(pool, Retention(geo=60 * DAY), now=LATER)
    with pytest.raises(ForgottenError):
        await Follower(journal(pool), Heard(), batch=20).run()
    assert "dropped id 1" in await pool.fetchval("SELECT error FROM geo_sites")


async def test_a_site_that_is_removed_is_followed_no_longer(pool: Pool) -> None:
    heard = Heard()
    ending = asyncio.ensure_future(Follower(journal(pool), heard, batch=20).run())
    await record(pool, "a")
    await heard.has_all(pool)
    await pool.execute("DELETE FROM geo_sites")
    await record(pool, "b")
    with pytest.raises(RemovedError):
        await asyncio.wait_for(ending, DEADLINE)
    assert await pool.fetchval("SELECT count(*) FROM geo_sites") == 0
