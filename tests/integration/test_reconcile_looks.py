"""What reconcile says of a registry whose answers are cut, refused, empty or hostile."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from geo.reconciling.drift import Kind
from geo.reconciling.first_look import FirstLook, Seen
from geo.reconciling.pace import Pace
from geo.reconciling.second_look import second_look
from geo.reconciling.walk import Failure, Walk
from geo.registry.client import Registry
from geo.registry.credentials import Credentials
from shared.database import Pool
from tests.listing_registry import ListingRegistry, listing
from tests.recorded import record

ONE, TWO = (f"sha256:{digit * 64}" for digit in "12")
REGISTER = "INSERT INTO container_repositories (path) VALUES ($1)"


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    async with asyncpg.create_pool(database_url, min_size=0, max_size=2) as pool:
        yield pool


async def push(pool: Pool, *names: str, digest: str = ONE) -> None:
    """Pushes that are recorded."""
    async with pool.acquire() as database:
        for name in names:
            repository, _, tag = name.partition(":")
            await database.execute(f"{REGISTER} ON CONFLICT DO NOTHING", repository)
            await record(database, repository=repository, tag=tag, digest=digest)


@asynccontextmanager
async def walking(registry: ListingRegistry) -> AsyncIterator[Walk]:
    async with (
        listing(registry),
        Registry(registry.location, credentials=Credentials.none(), tls=None) as client,
    ):
        yield Walk(client, Pace(8, 10_000))


async def look(pool: Pool, registry: ListingRegistry, *, keeps: bool = True) -> Seen:
    async with walking(registry) as walk:
        return await FirstLook(walk, pool, "default", lambda _: True, keeps=keeps).look()


def kinds(seen: Seen) -> dict[str, Kind]:
    return {f"{one.repository}:{one.tag}": one.kind for one in seen.drifts}


async def test_a_whole_walk_says_what_is_gone(pool: Pool) -> None:
    await push(pool, "a:v1", "b:v1", "b:v2", "c:v1")
    registry = ListingRegistry({"a": {"v1": ONE}, "b": {"v1": ONE}, "d": {"v1": TWO}})
    seen = await look(pool, registry)
    assert kinds(seen) == {"b:v2": Kind.GONE, "c:v1": Kind.GONE, "d:v1": Kind.UNRECORDED}
    assert (seen.repositories, seen.tags, seen.failures) == (4, 3, [])


async def test_a_catalogue_that_is_cut_says_of_nothing_that_it_is_gone(pool: Pool) -> None:
    await push(pool, "a:v1", "a:v2", "b:v1", "c:v1")
    registry = ListingRegistry({name: {"v1": TWO} for name in "abcd"}, cut_at=2)
    del registry.tags["c"]["v1"]
    seen = await look(pool, registry)
    assert kinds(seen) == {"a:v1": Kind.MOVED, "b:v1": Kind.MOVED}
    assert [failure.repository for failure in seen.failures] == [""]
    assert not [path for path in registry.asked if path.startswith("/v2/c/")]


async def test_an_empty_catalogue_says_of_nothing_that_it_is_gone(pool: Pool) -> None:
    await push(pool, "a:v1")
    registry = ListingRegistry({}, catalogue=[])
    seen = await look(pool, registry)
    assert seen.drifts == []
    assert seen.failures == [Failure("", "is empty, while repositories are recorded")]
    await pool.execute("DELETE FROM container_repositories")
    assert (await look(pool, registry)).failures == []


async def test_what_a_catalogue_leaves_out_is_asked_for_by_its_name(pool: Pool) -> None:
    await push(pool, "a:v1", "b:v1", "c:v1")
    registry = ListingRegistry({"a": {"v1": ONE}, "b": {"v1": TWO}}, catalogue=["a"])
    seen = await look(pool, registry)
    assert kinds(seen) == {"b:v1": Kind.MOVED, "c:v1": Kind.GONE}


async def test_one_repository_that_fails_keeps_nobody_from_the_others(pool: Pool) -> None:
    await push(pool, "a:v1", "b:v1", "c:v1")
    tags = {"a": {"v1": TWO}, "b": {}, "c": {}}
    seen = await look(pool, ListingRegistry(tags, refused={"b"}))
    assert kinds(seen) == {"a:v1": Kind.MOVED, "c:v1": Kind.GONE}
    (failure,) = seen.failures
    assert failure.repository == "b"
    assert "was answered 403" in failure.cause


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a b", "Ä", "x\x1b[2J", "a\u202eb", "a/\n"], ids=ascii
)
async def test_hostile_names_reach_no_url_no_table_and_no_terminal(pool: Pool, name: str) -> None:
    await push(pool, "b:v1")
    registry = ListingRegistry({"b": {"v1": TWO}}, catalogue=["b", name])
    seen = await look(pool, registry)
    assert kinds(seen) == {"b:v1": Kind.MOVED}
    assert all(failure.cause.isprintable() for failure in seen.failures)
    assert len(seen.failures) == 1
    registry.catalogue, registry.tags["b"][name] = ["b"], ONE
    seen = await look(pool, registry)
    assert seen.drifts == []
    (failure,) = seen.failures
    assert failure.repository == "b"
    assert failure.cause.isprintable()
    assert {path.split("/")[2] for path in registry.asked} == {"_catalog", "b"}
    assert await pool.fetchval("SELECT count(*) FROM reconciled_tags") == 0


async def test_what_agrees_is_written_once_and_only_if_it_keeps(pool: Pool) -> None:
    await push(pool, "a:v1", "b:v1")
    registry = ListingRegistry({name: {"v1": ONE} for name in "ab"})
    await look(pool, registry, keeps=False)
    assert await pool.fetchval("SELECT count(*) FROM reconciled_tags") == 0
    await look(pool, registry)
    rows = await pool.fetch("SELECT *, xmin FROM reconciled_tags")
    assert len(rows) == 2
    await look(pool, registry)
    assert await pool.fetch("SELECT *, xmin FROM reconciled_tags") == rows


async def test_what_retention_drops_is_missing_to_nobody(pool: Pool) -> None:
    await push(pool, "a:v1", "a:gone")
    async with pool.acquire() as database:
        await record(database, repository="a", tag="gone", action="delete_tag")
    registry = ListingRegistry({"a": {"v1": ONE}})
    assert (await look(pool, registry)).drifts == []
    await pool.execute("DELETE FROM tracking_events")
    assert (await look(pool, registry)).drifts == []
    registry.tags["a"] = {"v1": TWO}
    assert kinds(await look(pool, registry)) == {"a:v1": Kind.MOVED}
    registry.tags["a"] = {}
    assert kinds(await look(pool, registry)) == {"a:v1": Kind.GONE}


async def test_a_second_look_drops_what_has_settled_since(pool: Pool) -> None:
    registry = ListingRegistry({"a": {"late": ONE, "lost": ONE, "away": ONE, "again": ONE}})
    async with walking(registry) as walk:
        first = await FirstLook(walk, pool, "default", lambda _: True, keeps=True).look()
        assert len(first.drifts) == 4
        del registry.tags["a"]["away"]
        registry.tags["a"]["again"] = TWO

        async def arrived() -> None:
            await push(pool, "a:late")

        confirmed, failures = await second_look(walk, pool, "default", first.drifts, arrived)
        assert [one.drift.tag for one in confirmed] == ["lost"]
        assert failures == []
        registry.refused = {"a"}
        confirmed, failures = await second_look(walk, pool, "default", first.drifts, arrived)
    assert (confirmed, len(failures)) == ([], 4)
