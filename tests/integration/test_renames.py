"""What one rename leaves in the tables."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from asyncpg import CheckViolationError

from shared.configuration import load
from shared.database import Pool, new_pool
from shared.settings import CatalogueMode
from tests.renames import record, recorder, told
from worker.recorder import Recorder


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    async with new_pool(load(), url=database_url, application="test", size=8) as opened:
        yield opened


GEO = """
SELECT path, action, former_path, former_repository_id FROM geo_events
JOIN container_repositories AS catalogue ON catalogue.id = container_repository_id
WHERE action = 'rename' ORDER BY path
"""


async def geo_of_renames(pool: Pool) -> list[tuple[Any, ...]]:
    return list(map(tuple, await pool.fetch(GEO)))


async def test_a_rename_moves_the_rows_once_and_each_is_a_geo_event(pool: Pool) -> None:
    pushes = told("1 push a, 2 push a/x, 3 push ab")
    (rename,) = told("4 rename a b")
    await record(pool, pushes)
    before = {row["path"]: row["id"] for row in await pool.fetch(IDS)}
    first = await recorder(pool).record([rename, rename])
    again = await recorder(pool).record([rename])
    assert (list(first.renames), first.duplicates, first.relocations) == ([rename], 1, 2)
    assert (list(again.renames), again.duplicates, again.relocations) == ([], 1, 0)
    after = {row["path"]: row["id"] for row in await pool.fetch(IDS)}
    assert after == {"b": before["a"], "b/x": before["a/x"], "ab": before["ab"]}
    assert await geo_of_renames(pool) == [
        ("b", "rename", "a", None),
        ("b/x", "rename", "a/x", None),
    ]
    assert await pool.fetchval("SELECT count(*) FROM tracking_events") == len(pushes)


IDS = "SELECT id, path FROM container_repositories"


async def test_a_row_at_the_new_path_is_kept_and_says_which_it_stands_for(pool: Pool) -> None:
    await record(pool, told("1 push a"), told("5 push b"))
    before = {row["path"]: row["id"] for row in await pool.fetch(IDS)}
    await record(pool, told("4 rename a b"))
    assert [tuple(row) for row in await pool.fetch(IDS)] == [(before["b"], "b")]
    assert await geo_of_renames(pool) == [("b", "rename", "a", before["a"])]
    actions = await pool.fetch("SELECT action FROM tracking_events ORDER BY occurred_at")
    assert [row["action"] for row in actions] == ["create_repository", "push_repository"]


async def test_a_row_that_was_there_before_was_created_by_nobody(pool: Pool) -> None:
    await pool.execute("INSERT INTO container_repositories (path) VALUES ('b')")
    await record(pool, told("1 push a"), told("4 rename a b"))
    assert await pool.fetchval("SELECT action FROM tracking_events") == "push_repository"


@pytest.mark.parametrize("held", ["a", "b", "neither"])
async def test_a_platform_moves_its_rows_itself(pool: Pool, held: str) -> None:
    paths = {"a": ["a", "a/x"], "b": ["b", "b/x"], "neither": ["ab"]}[held]
    rows = [(path,) for path in paths]
    await pool.executemany("INSERT INTO container_repositories (path) VALUES ($1)", rows)
    (rename,) = told("4 rename a b")
    for _ in range(2):
        await recorder(pool, CatalogueMode.LOOKUP).record([rename])
    kept = await pool.fetch("SELECT path, path_since FROM container_repositories ORDER BY path")
    assert [tuple(row) for row in kept] == [(path, None) for path in paths]
    news = [(paths[0], "rename", "a", None), (paths[1], "rename", "a/x", None)] if rows[1:] else []
    assert await geo_of_renames(pool) == news


async def test_a_path_that_would_be_too_long_moves_nothing(pool: Pool) -> None:
    await record(pool, told(f"1 push a, 2 push a/{'x' * 200}"))
    with pytest.raises(CheckViolationError):
        await record(pool, told(f"3 rename a {'b' * 100}"))
    assert await pool.fetchval("SELECT count(*) FROM repository_renames") == 0
    assert await geo_of_renames(pool) == []
    await record(pool, told("4 push c"))
    assert len(await pool.fetch(IDS)) == 3


async def test_geo_events_can_be_switched_off(pool: Pool) -> None:
    off = Recorder(pool, mode=CatalogueMode.REGISTER, geo_enabled=False)
    await off.record(told("1 push a, 2 rename a b"))
    assert [row["path"] for row in await pool.fetch(IDS)] == ["b"]
    assert await pool.fetchval("SELECT count(*) FROM geo_events") == 0
