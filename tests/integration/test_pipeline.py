from tests.factories import make_envelope, make_event
from tests.running import running_pipeline


async def test_a_push_is_recorded(amqp_url: str, database_url: str) -> None:
    event = make_event(target={"tag": "v1"})
    async with running_pipeline(amqp_url, database_url) as pipeline:
        answer = await pipeline.post(make_envelope(event))
        assert (answer.status, answer.json) == (200, {"accepted": 1, "dead_lettered": 0})
        (row,) = await pipeline.settled(1)
        (geo,) = await pipeline.rows("geo_events")
    assert row["event_id"] == geo["event_id"] == event["id"]
    assert (row["action"], geo["id"]) == ("push_tag", 1)
