import json

import pytest

from geo.reconciling.drift import Drift, Kind
from geo.reconciling.filling import event_id, filling
from shared.event import Event
from shared.origin import Origin
from tests.unit.geo.reconciling.factories import (
    MANIFEST,
    ONE,
    TWO,
    at,
    deleted,
    pushed,
    there,
)

LOST = Drift(Kind.UNRECORDED, "team/app", "v1", there(), None)
GONE = Drift(Kind.GONE, "team/app", "v1", None, pushed())


def test_a_lost_push_is_as_its_registry_would_have_sent_it() -> None:
    body, origin = filling(LOST, "lima", at(3), registry="harbor")
    event = Event.read(body)
    assert (event.action, event.repository, event.tag) == ("push", "team/app", "v1")
    assert (event.digest, event.media_type, event.timestamp) == (ONE, MANIFEST, at(3))
    assert event.id == event_id(LOST, "lima")
    assert origin == Origin("lima", "harbor", id_from="reconciled", time_from="received")


def test_a_lost_delete_has_the_tag_alone() -> None:
    body, _ = filling(GONE, "default", at(3))
    assert json.loads(body)["target"] == {"repository": "team/app", "tag": "v1"}
    assert Event.read(body).action == "delete"


def test_the_same_drift_is_the_same_event_but_for_its_moment() -> None:
    bodies = [json.loads(filling(LOST, "default", at(minute)).body) for minute in (0, 1)]
    assert bodies[0].pop("timestamp") != bodies[1].pop("timestamp")
    assert bodies[0] == bodies[1]
    assert bodies[0]["id"].startswith("reconciled-")


OTHERS = {
    "another digest": LOST._replace(found=there(TWO)),
    "another tag": LOST._replace(tag="v2"),
    "another repository": LOST._replace(repository="team/other"),
    "a delete": GONE,
    "after an event": LOST._replace(recorded=deleted("event-2")),
    "after another event": LOST._replace(recorded=deleted("event-3")),
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_another_drift_is_another_event(other: Drift) -> None:
    ids = {event_id(one, "default") for one in (LOST, *OTHERS.values())}
    assert len(ids) == len(OTHERS) + 1
    assert event_id(other, "default") != event_id(other, "lima")


@pytest.mark.parametrize(
    "text", ["", "a/b/c", "a/b\x00", "a/\udc80", "x" * 8_000], ids=lambda text: ascii(text[:9])
)
def test_what_is_no_media_type_is_left_out(text: str) -> None:
    found = there()._replace(media_type=text)
    body, _ = filling(LOST._replace(found=found), "default", at(3))
    assert Event.read(body).media_type is None
