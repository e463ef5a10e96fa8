"""Whatever order events come in and however many workers there are, the same is recorded."""

import json
from collections import Counter, defaultdict
from collections.abc import Sequence

import asyncpg

from shared.amqp.topology import EVENTS_QUEUE
from tests.factories import make_envelope, make_event
from tests.processes import Processes, post_all, waiting
from tests.reports import reported_request

WORKERS = 3
REPOSITORIES = [f"team/app-{number}" for number in range(600)]


async def test_a_backlog_of_new_repositories_by_three_workers(processes: Processes) -> None:
    """Each repository's three untagged pushes, a tagged one, and the delete of that tag."""
    events = [
        make_event(action, path, target=target)
        for path in REPOSITORIES
        for action, target in (
            *(("push", {}),) * 3,
            ("push", {"tag": "v1"}),
            ("delete", {"tag": "v1", "mediaType": None, "digest": None}),
        )
    ]
    async with processes.pipeline(processes.ingest()) as pipeline:
        await post_all(pipeline, events, in_each=500)
        assert await waiting(processes.amqp_url, EVENTS_QUEUE) == len(events)
        processes.workers(WORKERS, worker_batch_size=7)
        rows = await pipeline.settled(len(events))
        geo = await pipeline.rows("geo_events")
        repositories = await pipeline.rows("container_repositories")
    wrong = {path: found for path, found in _actions(rows).items() if found != EACH}
    assert not wrong, f"{len(wrong)} of {len(REPOSITORIES)} repositories: {wrong}"
    ids = {row["path"]: row["id"] for row in repositories}
    assert {row["repository"]: row["container_repository_id"] for row in rows} == ids
    assert not [row for row in rows if row["container_repository_id"] is None]
    assert [row["id"] for row in geo] == list(range(1, len(events) + 1))
    assert {row["event_id"] for row in geo} == {event["id"] for event in events}


EACH = Counter(create_repository=1, push_repository=2, push_tag=1, delete_tag=1)


def _actions(rows: Sequence[asyncpg.Record]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        found[row["repository"]][row["action"]] += 1
    return found


async def test_a_delete_that_overtakes_the_first_push(processes: Processes) -> None:
    """As reported, and in the order that went wrong: another worker has the push."""
    push, delete = json.loads(reported_request("14")["body"])["events"]
    async with processes.pipeline(processes.ingest()) as pipeline:
        processes.workers(2, worker_batch_size=1)
        for event in (delete, push):
            assert (await pipeline.post(make_envelope(event))).status == 200
            await pipeline.settled(1)
        rows = {row["event_id"]: row for row in await pipeline.settled(2)}
        geo = {row["event_id"]: row for row in await pipeline.rows("geo_events")}
        (repository,) = await pipeline.rows("container_repositories")
    assert geo.keys() == rows.keys() == {push["id"], delete["id"]}
    assert {row["container_repository_id"] for row in rows.values()} == {repository["id"]}
    assert {row["container_repository_id"] for row in geo.values()} == {repository["id"]}
