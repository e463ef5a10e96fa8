"""Any events in any order, in any batches, any number of times, to any number of recorders."""

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from shared.configuration import load
from shared.database import new_pool
from shared.event import Event
from shared.origin import DEFAULT, Origin
from shared.settings import CatalogueMode
from tests.databases import EMPTY
from tests.factories import LAYER, MANIFEST, make_event
from worker.recorder import Recorder
from worker.verdicts import repository_key

Batches = Sequence[Sequence[Event]]

EVENTS = st.builds(
    lambda action, path, target, origin: replace(
        Event.parse(json.dumps(make_event(action, path, target=target))), origin=origin
    ),
    st.sampled_from(["push", "push", "push", "delete", "pull"]),
    st.sampled_from(["team/app", "team/other", "alpine"]),
    st.fixed_dictionaries(
        {"mediaType": st.sampled_from([MANIFEST, LAYER, "", None])},
        optional={"tag": st.sampled_from(["", "v1", "v2"])},
    ),
    st.sampled_from([DEFAULT, DEFAULT, Origin("harbor", "harbor", "manifest"), Origin("b")]),
)


class Story(NamedTuple):
    """What happened, and how it reaches each of the recorders."""

    events: Sequence[Event]
    recorders: Sequence[Batches]


@st.composite
def stories(draw: st.DrawFn) -> Story:
    events = draw(st.lists(EVENTS, min_size=1, max_size=14))
    again = draw(st.lists(st.sampled_from(events), max_size=6))
    deliveries = draw(st.permutations([*events, *again]))
    takers = draw(st.integers(2, 4))
    recorders: list[list[list[Event]]] = [[] for _ in range(takers)]
    while deliveries:
        size = draw(st.integers(1, 5))
        recorders[draw(st.integers(0, takers - 1))].append(list(deliveries[:size]))
        deliveries = deliveries[size:]
    return Story(events, recorders)


@given(stories())
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_the_tables_end_up_the_same(database_url: str, story: Story) -> None:
    together = await recorded(database_url, story.recorders)
    alone = await recorded(database_url, [[[event] for event in story.events]])
    assert together == alone
    pushed = {
        repository_key(event) for event in story.events if event.action == "push" and not event.tag
    }
    assert together["created"] == Counter(pushed)


async def recorded(url: str, recorders: Sequence[Batches]) -> dict[str, Any]:
    """What the tables hold when all of them, at once, have recorded their batches."""
    async with new_pool(load(), url=url, application="test", size=len(recorders)) as pool:
        await pool.execute(EMPTY)

        async def work(batches: Batches) -> None:
            recorder = Recorder(pool, mode=CatalogueMode.REGISTER, geo_enabled=True)
            for batch in batches:
                await recorder.record(batch)

        await asyncio.gather(*map(work, recorders))
        async with pool.acquire() as connection:
            geo_ids = [row["id"] for row in await connection.fetch("SELECT id FROM geo_events")]
            assert sorted(geo_ids) == list(range(1, len(geo_ids) + 1))
            return {
                "tracking": await rows(connection, TRACKING),
                "geo": await rows(connection, GEO),
                "catalogue": await rows(connection, CATALOGUE),
                "created": Counter(await rows(connection, CREATED)),
            }


async def rows(connection: Any, statement: str) -> list[tuple[Any, ...]]:
    return list(map(tuple, await connection.fetch(statement)))


# All columns but those of numbering and of times of recording; which of the untagged pushes is
# the creation may differ.
TRACKING = """
SELECT event_id, replace(action, 'create', 'push'), repository, path, tag, digest, media_type,
       actor, tracking_events.source, request_id, request_method, user_agent, occurred_at, category,
       registry_source, catalogue.source, registry, kind, id_from, time_from
FROM tracking_events JOIN container_repositories AS catalogue
    ON catalogue.id = container_repository_id
ORDER BY event_id
"""
GEO = """
SELECT event_id, source, path, action, tag, digest, occurred_at
FROM geo_events JOIN container_repositories AS catalogue ON catalogue.id = container_repository_id
ORDER BY event_id
"""
CATALOGUE = (
    "SELECT source, path, creation_pending FROM container_repositories ORDER BY source, path"
)
CREATED = (
    "SELECT registry_source, repository FROM tracking_events WHERE action = 'create_repository'"
)
