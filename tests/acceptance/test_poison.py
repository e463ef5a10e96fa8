"""One event that the database refuses harms no other."""

import json

from shared.amqp.topology import DEAD_QUEUE, EVENTS_QUEUE
from tests.databases import refuse_poison
from tests.factories import make_event
from tests.processes import Processes, post_all, waiting

EVENTS = 1000


async def test_one_poison_event_among_a_thousand(processes: Processes) -> None:
    events = [make_event() for _ in range(EVENTS)]
    poison = events[EVENTS // 2] = make_event(repository="team/poison", target={"tag": "v1"})
    async with processes.pipeline(processes.ingest()) as pipeline:
        await refuse_poison(pipeline.database)
        await post_all(pipeline, events)
        worker = processes.worker()
        (dead_letter,) = await pipeline.dead_letters(1)
        rows = await pipeline.settled(EVENTS - 1)
        geo = await pipeline.rows("geo_events")
        await worker.terminate()
    assert {row["event_id"] for row in rows} == {event["id"] for event in events} - {poison["id"]}
    assert len(rows) == len(geo) == EVENTS - 1
    story = dead_letter.story
    assert (story.reason, story.attempts) == ("recording_failed", 3)
    assert (story.error_type, story.error) == ("RaiseError", "no row for team/poison")
    assert dead_letter.event_id == poison["id"]
    assert dead_letter.body == json.dumps(poison)
    assert await waiting(processes.amqp_url, EVENTS_QUEUE) == 0
    assert await waiting(processes.amqp_url, DEAD_QUEUE) == 1
