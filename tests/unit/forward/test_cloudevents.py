import json

import pytest

from forward import cloudevents
from tests.unit.forward.events import make_outbox_event

ONE = {
    "specversion": "1.0",
    "id": "8f3cd2a6-7f55-4a0c-9d0b-7c3c2a1d5e11",
    "source": "/registry-events/default",
    "type": "container_registry.push_tag",
    "subject": "team/app",
    "time": "2026-11-24T03:00:00.123456+00:00",
    "datacontenttype": "application/json",
}


def test_a_batch_is_a_list_of_events_with_their_attributes() -> None:
    harbor = make_outbox_event(registry_source="prod-harbor", event_id="17")
    first, second = json.loads(cloudevents.batch([make_outbox_event(), harbor]))
    data = first.pop("data")
    assert first == ONE
    assert (data["digest"], data["tag"]) == ("sha256:ab", "v1")
    assert "actor" not in data
    assert (second["source"], second["id"]) == ("/registry-events/prod-harbor", "17")


def test_one_alone_is_no_list() -> None:
    document = json.loads(cloudevents.single([make_outbox_event()]))
    del document["data"]
    assert document == ONE


def test_several_are_never_sent_as_one() -> None:
    with pytest.raises(ValueError, match="too many values"):
        cloudevents.single([make_outbox_event()] * 2)
