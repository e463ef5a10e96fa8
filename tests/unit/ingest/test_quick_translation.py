"""What is translated at once is what the careful translation gives, to the byte."""

import json
from codecs import BOM_UTF8
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.quick_translation import translate_at_once
from ingest.translation import Body, Notification, translate
from tests.bodies import CAPTURED, any_json, bodies
from tests.factories import make_envelope, make_event

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def notification(body: bytes, **more: str) -> Notification:
    return Notification(Body.whole(body), NOW, **more)


@given(bodies() | any_json | st.binary(), st.none() | st.just("00-0af7651916cd43dd-b7ad-01"))
@settings(max_examples=400)
def test_both_translations_give_the_same(body: bytes, traceparent: str | None) -> None:
    given = Notification(Body.whole(body), NOW, traceparent=traceparent)
    at_once = translate_at_once(given)
    assert at_once is None or at_once == list(translate(given))


def test_what_registries_send_is_translated_at_once() -> None:
    assert len(CAPTURED) > 100
    for body in CAPTURED:
        given = notification(body)
        assert translate_at_once(given) == list(translate(given))


def test_each_event_keeps_its_own_bytes() -> None:
    event = json.dumps(make_event(target={"tag": "v\u00e9"}), indent=3, ensure_ascii=False)
    body = f' {{ "events" : [\n{event} ,\t{event}\r\n] }} '.encode()
    translated = translate_at_once(notification(body)) or []
    assert [one.message and one.message.body for one in translated] == [event.encode()] * 2


EVENT = make_envelope(make_event())


OPEN = {
    "byte order mark": BOM_UTF8 + EVENT,
    "text behind it": EVENT + b"x",
    "two lists": EVENT.replace(b'"events"', b'"events": [], "events"'),
    "another key": EVENT.replace(b'"events"', b'"others": [], "events"'),
    "a key twice": EVENT.replace(b'"size"', b'"size": 1, "size"'),
    "an escape": EVENT.replace(b"alice", b"\\u0061lice"),
    "no UTF-8": EVENT.replace(b"alice", b"\xff"),
    "no event": make_envelope(make_event(), {}),
    "an invalid event": make_envelope(make_event(timestamp="today")),
    "many events": make_envelope(*[make_event()] * 101),
    "large": make_envelope(make_event(actor={"name": "x" * 64 * 1024})),
    "empty": b"{}",
    "null": b'{"events": null}',
}


@pytest.mark.parametrize("body", OPEN.values(), ids=OPEN.keys())
def test_whatever_is_open_is_left_to_the_careful_translation(body: bytes) -> None:
    assert translate_at_once(notification(EVENT))
    assert translate_at_once(notification(body)) is None


def test_a_body_that_is_encoded_or_cut_is_not_looked_into() -> None:
    assert translate_at_once(notification(EVENT, content_encoding="gzip")) is None
    assert translate_at_once(Notification(Body(EVENT, len(EVENT) + 1), NOW)) is None
