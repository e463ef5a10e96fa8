"""Dead letters that hold a whole notification, sent in again as an operator does it."""

import gzip
import json
from codecs import BOM_UTF8
from collections.abc import Callable

from tests import samples
from tests.acceptance.burying import buried, operate, result
from tests.factories import make_envelope, make_event
from tests.processes import Processes
from tests.reports import reported_request


async def test_notifications_that_could_not_be_read_are_requeued(processes: Processes) -> None:
    lone = reported_request("26")["body"]
    packed = [make_event(), make_event(target={"tag": "v1"}), make_event(repository="Upper")]
    processes.worker()
    async with processes.pipeline(processes.ingest()) as pipeline:
        await pipeline.post(lone.encode())
        await pipeline.post(
            gzip.compress(BOM_UTF8 + make_envelope(*packed)), Content_Encoding="gzip"
        )
        await pipeline.post(b'{"type": "PUSH_ARTIFACT", "event_data": {}}')
        assert len(await pipeline.dead_letters(3)) == 3
        done = await operate(
            processes, "requeue", "--reason", "unreadable_body", "--canary", "1", "--yes"
        )
        assert result(done) == "done: 2 requeued, 0 failed, 1 skipped"
        rows = await pipeline.settled(3)
        left = await buried(processes.amqp_url)
    ids = {json.loads(lone)["events"]["id"], packed[0]["id"], packed[1]["id"]}
    assert {row["event_id"] for row in rows} == ids
    # The one that is no notification, and the event in the other that nobody can record.
    assert {(one.story.reason.value, one.repository) for one in left} == {
        ("unreadable_body", ""),
        ("invalid_event", "Upper"),
    }


async def test_a_notification_is_mended_and_its_events_are_recorded(
    processes: Processes, edit_with: Callable[[str], None]
) -> None:
    events = [make_event(), make_event("delete")]
    edit_with('sed -i s,Events,events, "$1"')
    processes.worker()
    async with processes.pipeline(processes.ingest()) as pipeline:
        await pipeline.post(make_envelope(*events).replace(b"events", b"Events"))
        (dead,) = await pipeline.dead_letters(1)
        shown = await operate(processes, "show", dead.message_id)
        assert "no `events`: its only key is `Events`" in shown.stdout
        assert "its sender does not" not in shown.stdout
        done = await operate(processes, "edit", dead.message_id, "--yes")
        assert (done.returncode, result(done)) == (0, "done: 1 requeued, 0 failed, 0 skipped")
        rows = await pipeline.settled(2)
        assert {row["event_id"] for row in rows} == {event["id"] for event in events}
        assert not await buried(processes.amqp_url)


async def test_a_request_of_another_registry_is_mended_as_it_was_sent(
    processes: Processes, edit_with: Callable[[str], None]
) -> None:
    (harbor,) = [one for one in samples.ALL if one.name == "harbor/push-tag"]
    (expected,) = harbor.events
    processes.worker()
    ingest = processes.ingest(sources=json.dumps([harbor.source]))
    async with processes.pipeline(ingest) as pipeline:
        url = pipeline.url + harbor.path
        body = harbor.body.replace(b"library/payments", b"Library/payments")
        async with pipeline.http.post(url, data=body, headers=harbor.headers) as answer:
            assert (await answer.json())["dead_lettered"] == 1
        (dead,) = await pipeline.dead_letters(1)
        edit_with('sed -i s,PUSH_ARTIFACT,SCANNING_COMPLETED, "$1"')
        refused = await operate(processes, "edit", dead.message_id, "--yes")
        assert refused.returncode == 1
        assert "nothing of ours is in it: " in refused.stderr
        edit_with('sed -i s,Library/payments,library/payments, "$1"')
        done = await operate(processes, "edit", dead.message_id, "--yes")
        assert (done.returncode, result(done)) == (0, "done: 1 requeued, 0 failed, 0 skipped")
        assert "alice" not in done.stderr
        (row,) = await pipeline.settled(1)
        assert (row["event_id"], row["repository"]) == (expected["event_id"], "library/payments")
        assert (row["registry"], row["registry_source"]) == ("harbor", harbor.source["name"])
