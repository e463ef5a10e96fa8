"""An event is read at once only if the careful reader takes it too, and gives the same."""

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.arrival import Arrival, kept
from ingest.envelope import UnreadableEnvelopeError, split
from ingest.normalisation import normalised
from ingest.translation import Body
from shared import quick_json, strict_json
from shared.event import Event
from shared.event_parts import Parts
from shared.invalid_event import InvalidEventError
from shared.text import from_bytes, to_bytes
from tests import samples
from tests.bodies import CAPTURED, any_json, bodies
from tests.factories import make_event

READER = msgspec.json.Decoder(Parts)
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
_many = settings(max_examples=400)


def _events(body: bytes) -> list[bytes]:
    try:
        return [to_bytes(text) for text in split(body)]
    except UnreadableEnvelopeError:
        return [body]


def _result(read: Any, given: Any) -> Event | str:
    try:
        event = read(given)
        assert isinstance(event, Event)
    except InvalidEventError as error:
        return f"{error} ({error.cause})"
    return event


@given(bodies() | any_json | st.binary())
@_many
def test_reading_bytes_gives_what_the_careful_reader_gives(body: bytes) -> None:
    for event in _events(body):
        assert _result(Event.read, event) == _result(Event.parse, from_bytes(event))


@given(bodies() | any_json | st.binary())
@_many
def test_what_is_read_at_once_is_strict_json_and_the_same(body: bytes) -> None:
    for text in (body, *_events(body)):
        parts = quick_json.loads(READER, text)
        assert parts is None or msgspec.to_builtins(parts) == strict_json.loads(from_bytes(text))


def test_what_registries_send_is_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.strict_json.loads", None)
    events = [event for body in CAPTURED for event in _events(body)]
    assert len(events) > 100
    for event in events:
        assert Event.read(event).id


@pytest.mark.parametrize(
    "sample", [one for one in samples.ALL if one.events], ids=lambda one: one.name
)
def test_what_is_made_of_another_registry_s_request_is_read_at_once(
    sample: samples.Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrival = Arrival(
        body=Body.whole(sample.body),
        received_at=AT,
        registry=sample.registry,
        request=kept(sample.headers.items()),
    )
    made = [one.message.body for one in normalised(arrival).translated if one.message]
    assert made
    expected = [Event.parse(from_bytes(event)) for event in made]
    monkeypatch.setattr("shared.strict_json.loads", None)
    assert list(map(Event.read, made)) == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"id": ', '"id": "other", "id": '),
        ('"mediaType": ', '"tag": "v2", "mediaType": '),
        ('"actor": {', '"new": [{"a": 1, "a": 1}], "actor": {'),
        ('"actor": {', '"actor": {"": 1, "": 2, '),
        ('"size": 528', '"size": 1e999'),
        ('"size": 528', f'"size": {"9" * 4_400}'),
        ('"size": 528', '"size": NaN'),
        ('"tag": "v1"', '"tag": "\\u0000"'),
        ('"tag": "v1"', '"tag": "\\u0022", "tag": "\\u0022"'),
        ('"tag": "v1"', '"tag": "\\"", "tag": "\\"\\"\\""'),
        ('"tag": "v1"', '"tag": "\udcff"'),
        ('"tag": "v1"', f'"tag": "{"x" * 129}"'),
        ('"target": {', '"target": null, "others": {'),
        ('"action": "push"', '"action": ""'),
        ('"request": {', '"request": "", "others": {'),
        ('"actor": {', '"actor": 0, "others": {'),
    ],
    ids=lambda text: text[:40].encode("ascii", "backslashreplace").decode(),
)
def test_what_is_refused_is_refused_of_bytes_too(old: str, new: str) -> None:
    text = json.dumps(make_event(target={"tag": "v1"}))
    assert old in text
    assert Event.read(text.encode()).tag == "v1"
    with pytest.raises(InvalidEventError):
        Event.read(to_bytes(text.replace(old, new)))
