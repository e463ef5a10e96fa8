"""However often an event comes and however many workers there are, it counts once."""

import asyncio
from collections import Counter

from tests.factories import make_envelope, make_event
from tests.processes import Processes
from tests.waiting import eventually

DUPLICATES = "registry_events_worker_duplicates_total"
WORKERS = 16
REPOSITORIES = [f"team/app-{number}" for number in range(1, 11)]
FIRST_PUSHES = 32


async def test_one_notification_fifty_times_at_once(processes: Processes) -> None:
    event = make_event(target={"tag": "v1"})
    workers = processes.workers(2, worker_batch_size=4)
    async with processes.pipeline(processes.ingest()) as pipeline:
        posts = [pipeline.post(make_envelope(event)) for _ in range(50)]
        answers = await asyncio.gather(*posts)
        assert {answer.status for answer in answers} == {200}

        async def settled() -> bool:
            return sum(worker.metric(DUPLICATES) for worker in workers) == 49

        await eventually(settled)
        (row,) = await pipeline.rows()
        (geo,) = await pipeline.rows("geo_events")
    assert row["event_id"] == geo["event_id"] == event["id"]
    assert (row["action"], geo["id"]) == ("push_tag", 1)


async def test_a_repository_is_created_once_by_many_workers(processes: Processes) -> None:
    # Several repositories, each new: a race that is lost one time in ten must not pass.
    events = [make_event(repository=path) for path in REPOSITORIES for _ in range(FIRST_PUSHES)]
    processes.workers(WORKERS, worker_batch_size=1)
    first, second = processes.ingest(), processes.ingest()
    async with processes.pipeline(first) as one, processes.pipeline(second) as other:
        posts = [
            (one, other)[number % 2].post(make_envelope(event))
            for number, event in enumerate(events)
        ]
        answers = await asyncio.gather(*posts)
        assert {answer.status for answer in answers} == {200}
        rows = await one.settled(len(events))
        geo = await one.rows("geo_events")
    assert len(rows) == len({row["event_id"] for row in rows}) == len(events)
    actions = Counter((row["repository"], row["action"]) for row in rows)
    assert actions == Counter(
        {(path, "create_repository"): 1 for path in REPOSITORIES}
        | {(path, "push_repository"): FIRST_PUSHES - 1 for path in REPOSITORIES}
    )
    assert [row["id"] for row in geo] == list(range(1, len(events) + 1))
    assert {row["event_id"] for row in geo} == {event["id"] for event in events}
