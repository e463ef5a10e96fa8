"""What a message's headers say of its event."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.amqp.dead_letter import Reason
from shared.amqp.message import Headers, event_message
from shared.event import Event
from shared.origin import DEFAULT, Origin, is_told
from tests.factories import make_event
from tests.unit.worker.models import delivery
from worker.delivery import Failure, read

BODY = json.dumps(make_event()).encode()
HARBOR = Origin("prod-harbor", "harbor", "manifest", "derived", "received")
_texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=300)


def origin_of(headers: Headers) -> Origin:
    ((received,), failures) = read([delivery(1, BODY, headers=headers)])
    assert not failures
    return received.event.origin


def test_an_event_has_the_origin_that_its_message_tells() -> None:
    assert origin_of({"event-id": "1", **HARBOR.headers, "source": "10.0.0.1"}) == HARBOR


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("source", "prod"),
        ("registry", "harbor"),
        ("kind", "blob"),
        ("id_from", "received"),
        ("time_from", "header"),
    ],
)
def test_each_part_is_read_alone(field: str, value: str) -> None:
    told = Origin(**{field: value})
    assert len(told.headers) == len({field, "source"})
    assert origin_of(told.headers) == told


@given(st.builds(Origin, _texts, _texts, _texts, _texts, _texts))
def test_whatever_it_says_it_is_the_same_when_it_travels_again(origin: Origin) -> None:
    travelled = origin_of(origin.headers)
    assert origin_of(travelled.headers) == travelled
    assert travelled.headers == origin.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"registry-source": "default", "registry": 7},
        {"registry": "", "registry-source": "", "kind": ""},
        {"registry-source": 1, "kind": 2},
    ],
    ids=["a number", "empty", "numbers"],
)
def test_what_is_no_text_says_nothing(headers: Headers) -> None:
    assert origin_of(headers) == DEFAULT


def test_what_could_not_be_stored_is_shown_as_escapes() -> None:
    assert origin_of({"registry-source": "a\x00b"}).source == r"a\x00b"


def test_headers_of_todays_route_are_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    event = Event.parse(BODY.decode())
    today = event_message(event, BODY, {"received-at": "2026-11-28", "traceparent": "00-1"})
    named_so = {**today.headers, "source": "registry-source"}
    plain = [delivery(1, BODY, headers=today.headers), delivery(2, BODY, headers=named_so)]
    assert not any(is_told(one.header) for one in plain)
    monkeypatch.setattr("shared.amqp.contents.decode", None)
    received, _ = read(plain)
    assert [one.event.origin for one in received] == [DEFAULT, DEFAULT]


def test_its_dead_letter_tells_the_same() -> None:
    failure = Failure(
        delivery(1, b"{", headers=HARBOR.headers), Reason.INVALID_EVENT, ValueError("no"), 1
    )
    assert Origin.read(failure.message().headers) == HARBOR
