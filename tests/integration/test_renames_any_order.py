"""A rename moves rows of the catalogue; in any order and in any batches the end is the same."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from shared.configuration import load
from shared.database import Pool, new_pool
from shared.event import Event
from shared.origin import DEFAULT, Origin
from tests.databases import EMPTY
from tests.renames import at, record, recorder, told

OTHER = Origin("site-b")


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    async with new_pool(load(), url=database_url, application="test", size=8) as opened:
        yield opened


def meant(events: Sequence[Event], path: str, moment: datetime, source: str) -> str:
    """Where the repository is now that was at the path then: the rule, in plain words."""
    while after := [
        one
        for one in events
        if one.renamed_to
        and one.origin.source == source
        and one.timestamp > moment
        and f"{path}/".startswith(f"{one.repository}/")
    ]:
        rename = min(after, key=lambda one: one.timestamp)
        path, moment = rename.renamed_to + path.removeprefix(rename.repository), rename.timestamp
    return path


def expected(events: Sequence[Event]) -> dict[str, Any]:
    rows: dict[tuple[str, str], bool] = {}
    news = set()
    for one in events:
        source = one.origin.source
        path = meant(events, one.renamed_to or one.repository, one.timestamp, source)
        creates = one.action == "push" and not one.tag
        rows[source, path] = rows.get((source, path), False) or creates
        news.add((one.id, source, path))
    return {
        "catalogue": {(*key, not created) for key, created in rows.items()},
        "created": sorted(key for key, created in rows.items() if created),
        "news": news,
    }


async def found(pool: Pool) -> dict[str, Any]:
    created = await pool.fetch(CREATED)
    geo = await pool.fetch("SELECT id FROM geo_events ORDER BY id")
    assert [row["id"] for row in geo] == list(range(1, len(geo) + 1))
    return {
        "catalogue": set(map(tuple, await pool.fetch(CATALOGUE))),
        "created": [tuple(row) for row in created],
        "news": set(map(tuple, await pool.fetch(NEWS))),
    }


CATALOGUE = "SELECT source, path, creation_pending FROM container_repositories"
# By the row that each was given at last, or by the one which that gave way to.
NEWS = """
WITH RECURSIVE last AS (
    SELECT DISTINCT ON (event_id) event_id, container_repository_id AS row, action
    FROM geo_events
    WHERE action <> 'rename' OR former_path = (
        SELECT from_path FROM repository_renames WHERE event_id = geo_events.event_id
    )
    ORDER BY event_id, id DESC
), way AS (
    SELECT event_id, row FROM last
    UNION
    SELECT way.event_id, geo.container_repository_id
    FROM way JOIN geo_events AS geo ON geo.former_repository_id = way.row
)
SELECT event_id, source, path FROM way JOIN container_repositories ON id = row
"""
CREATED = """
SELECT catalogue.source, catalogue.path
FROM tracking_events JOIN container_repositories AS catalogue
    ON catalogue.created_by = tracking_events.event_id
WHERE action = 'create_repository' ORDER BY 1, 2
"""


async def emptied(pool: Pool) -> None:
    await pool.execute(EMPTY)


# Seconds, then what happened.
STORIES = {
    "a late push": "1 push a, 3 rename a b, 4 push b, 2 push a",
    "the old path anew": "1 push a, 3 rename a b, 4 push b, 5 push a",
    "deletes": "1 delete a, 3 rename a b, 4 delete b, 5 push a",
    "a chain": "1 push a, 2 rename a b, 4 rename b c, 5 push c",
    "a chain and back": "1 push a, 2 rename a b, 4 rename b a, 3 push b",
    "what is below": "1 push a/x, 2 push a, 3 rename a b/c, 4 push b/c/x",
    "to below itself": "1 push a/b, 2 push a, 3 rename a a/b, 4 push a/b/b",
    "from below itself": "1 push a/b, 2 push a/b/b, 3 rename a/b a, 4 push a/b",
    "twice away": "1 rename a b, 2 rename a c, 3 push a/x",
    "there, away and anew": "1 rename b a, 2 rename a c, 3 push a, 4 push a/x",
    "below, and away twice": "1 push a/x, 2 rename a b, 3 rename a c",
    "a neighbour": "1 push a, 2 push a-b, 3 rename a c, 4 push ab",
}


@pytest.mark.parametrize("name", STORIES)
async def test_the_end_is_the_same_in_every_order(pool: Pool, name: str) -> None:
    # Every other story is one of a source whose rows are in the other table.
    origin = (DEFAULT, OTHER)[list(STORIES).index(name) % 2]
    events = [replace(one, origin=origin) for one in told(STORIES[name])]
    orders = list(itertools.permutations(events))
    for batches in ([events, events], *([[one] for one in order] for order in orders)):
        await record(pool, *batches)
        assert await found(pool) == expected(events), [
            [one.id for one in batch] for batch in batches
        ]
        await emptied(pool)


PATHS = ["a", "a/x", "a/x/y", "b", "new-0", "new-0/x", "new-1", "new-1/y"]


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[Event], list[list[Event]]]:
    """What a registry can have done, as it refuses to rename to a path that exists."""
    seconds = iter(draw(st.permutations(range(1, 12))))
    origins = st.sampled_from([DEFAULT, DEFAULT, OTHER])
    sources = st.sampled_from(PATHS[:5])
    renames = [
        replace(at(next(seconds), "rename", path, f"new-{number}"), origin=draw(origins))
        for number, path in enumerate(draw(st.lists(sources, max_size=3)))
        if path != f"new-{number}"
    ]
    others = [
        replace(at(next(seconds), action, path, tag=tag), origin=draw(origins))
        for action, path, tag in draw(
            st.lists(
                st.tuples(
                    st.sampled_from(["push", "push", "delete"]),
                    st.sampled_from(PATHS),
                    st.sampled_from(["", "", "v1"]),
                ),
                min_size=1,
                max_size=7,
            )
        )
    ]
    events = [*renames, *others]
    deliveries = draw(st.permutations([*events, *draw(st.lists(st.sampled_from(events)))]))
    cuts = sorted(draw(st.sets(st.integers(1, len(deliveries)), max_size=5)))
    return events, [
        list(deliveries[start:end])
        for start, end in itertools.pairwise([0, *cuts, len(deliveries)])
    ]


@given(stories())
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_neither_order_nor_batches_matter(
    pool: Pool, story: tuple[list[Event], list[list[Event]]]
) -> None:
    events, batches = story
    await emptied(pool)
    await record(pool, *batches)
    assert await found(pool) == expected(events)


async def test_workers_beside_each_other_neither_deadlock_nor_lose(pool: Pool) -> None:
    events = [
        at(second, action, f"{name}/{number % 5}")
        for number in range(60)
        for second, action, name in ((1, "push", "a"), (9, "push", "b"), (12, "delete", "a"))
    ]
    events += [at(5, "rename", "a", "b"), at(10, "rename", "b", "c")]
    batches = [events[start::12] for start in range(12)]
    attempts = [*batches, *([*reversed(batch)] for batch in batches)]
    await asyncio.gather(*(recorder(pool).record(batch) for batch in attempts))
    assert await found(pool) == expected(events)


async def test_renames_in_a_circle_have_an_end(pool: Pool) -> None:
    events = told("1 push a, 2 rename a a/a, 3 rename a/a a, 4 rename a b, 5 rename b a")
    await record(pool, [events[0]], *([one] for one in reversed(events[1:])))
    assert await found(pool) == expected(events)
