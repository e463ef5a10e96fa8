"""The AsyncAPI document is of today, and messages are as it says, whatever they are made of."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft7Validator

from console.contract import asyncapi
from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.operations.messages import requeued
from ingest.arrival import Arrival, kept
from ingest.body_limit import kept as kept_body
from ingest.normalisation import normalised
from ingest.registries import REGISTRIES
from ingest.translation import Body, Notification, translate
from shared.amqp.message import Message
from shared.amqp.topology import DEAD_EXCHANGE, EVENTS_EXCHANGE
from tests import samples
from tests.asyncapi import DEAD_LETTER, DOCUMENT, EVENT, SHIPPED, faults
from tests.bodies import CAPTURED, bodies
from tests.factories import make_event

NOW = datetime(2026, 11, 23, tzinfo=UTC)
NAMES = {EVENTS_EXCHANGE: EVENT, DEAD_EXCHANGE: DEAD_LETTER}
HEADERS = {"event-id": "1", "source": "", "received-at": NOW.isoformat()}


def wrong(message: Message | None) -> list[str]:
    """What of a message is otherwise than described; an ignored event has none."""
    if message is None:
        return []
    return faults(NAMES[message.exchange], message.headers, message.body)


def test_what_is_shipped_is_of_today() -> None:
    assert SHIPPED.read_text() == asyncapi.text(), "run: make contract"


def test_every_reference_leads_somewhere() -> None:
    referred = set(re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(DOCUMENT)))
    assert referred
    for path in referred:
        found: Any = DOCUMENT
        for name in path.split("/"):
            found = found[name]


@pytest.mark.parametrize("name", DOCUMENT["components"]["schemas"])
def test_every_schema_is_one(name: str) -> None:
    Draft7Validator.check_schema(DOCUMENT["components"]["schemas"][name])


def test_each_channel_is_sent_to_or_taken_from() -> None:
    used = {one["channel"]["$ref"] for one in DOCUMENT["operations"].values()}
    assert used == {f"#/channels/{name}" for name in DOCUMENT["channels"]}


@pytest.mark.parametrize("body", CAPTURED)
def test_captured_notifications(body: bytes) -> None:
    made = list(translate(Notification(body=Body.whole(body), received_at=NOW, source="a-b")))
    assert {one.reason for one in made} == {None}
    assert [wrong(one.message) for one in made] == [[]] * len(made)


@pytest.mark.parametrize("sample", samples.ALL, ids=lambda sample: sample.name)
def test_samples_of_every_registry(sample: samples.Sample) -> None:
    for body in (sample.body, b"{", sample.body[:-3]):
        made = normalised(arrival(sample, Body.whole(body))).translated
        assert [wrong(one.message) for one in made] == [[]] * len(made)


def arrival(sample: samples.Sample, body: Body) -> Arrival:
    return Arrival(
        body=body,
        received_at=NOW,
        traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        source="one",
        registry=sample.registry,
        request=kept(sample.headers.items()),
        options={"a": "b"},
    )


def test_the_samples_are_of_every_registry() -> None:
    assert {sample.registry for sample in samples.ALL} == set(REGISTRIES)


@given(bodies())
def test_whatever_is_sent(body: bytes) -> None:
    for one in translate(Notification(body=Body.whole(body), received_at=NOW)):
        assert wrong(one.message) == []


def test_a_body_of_which_the_beginning_is_kept() -> None:
    notification = Notification(body=kept_body(b"x" * 30, 20), received_at=NOW)
    (one,) = translate(notification)
    assert one.message
    assert one.message.headers["body-length"] == 30
    assert wrong(one.message) == []


def test_what_is_requeued() -> None:
    (dead,) = translate(Notification(body=Body.whole(CAPTURED[0][:-1]), received_at=NOW))
    broken = DeadLetter.of(
        json.dumps(make_event()).encode(),
        message_id="1",
        routing_key="event.push",
        headers=dead.message.headers if dead.message else {},
    )
    (message,) = requeued(broken, by="anna", at=NOW)
    assert message.headers["requeue-count"] == 1
    assert wrong(message) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"id": ""},
        {"id": "x" * 256},
        {"action": "x" * 61},
        {"action": None},
        {"timestamp": 1},
        {"target": None},
        {"target": {}},
        {"target": {"repository": "A"}},
        {"target": {"repository": "a" * 256}},
        {"target": {"repository": "a", "tag": "x" * 129}},
        {"action": "rename", "target": {"repository": "a", "rename": {"from": "a", "to": "A"}}},
        {"actor": "alice"},
    ],
    ids=str,
)
def test_what_is_no_event_is_not_described_as_one(changes: dict[str, Any]) -> None:
    event = make_event()
    assert faults(EVENT, HEADERS, json.dumps(event).encode()) == []
    assert faults(EVENT, HEADERS, json.dumps({**event, **changes}).encode()) != []
    (made,) = translate(
        Notification(
            body=Body.whole(json.dumps({"events": [{**event, **changes}]}).encode()),
            received_at=NOW,
        )
    )
    assert made.reason is not None


def test_a_message_without_its_headers_is_not_described() -> None:
    body = json.dumps(make_event()).encode()
    for name in HEADERS:
        assert faults(EVENT, {key: HEADERS[key] for key in HEADERS if key != name}, body) != []
    assert faults(DEAD_LETTER, HEADERS, body) != []
