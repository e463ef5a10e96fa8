"""The token of a user goes no further than ingest, and all that is beside it keeps its bytes."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.actor_token import without_token
from ingest.arrival import Arrival
from ingest.normalisation import normalised
from ingest.quick_translation import translate_at_once
from ingest.translation import Body, Notification, translate
from shared.amqp.dead_letter import Reason
from tests.bodies import ANY_VALUE
from tests.factories import make_envelope, make_event

NOW = datetime(2026, 11, 24, tzinfo=UTC)
TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJ1c2VyX2luZm8iOnsidXNlcl9pZCI6MX19.c2lnbmF0dXJl"
ACTOR = {"name": "alice", "user_type": "build", "user": TOKEN}

CUT = {
    "alone": ('{"actor":{"user":"T"}}', '{"actor":{}}'),
    "first": ('{"actor":{"user": "T" , "name":"a"}}', '{"actor":{"name":"a"}}'),
    "last": ('{"actor" : {"name": "a" ,\n "user" : "T" } }', '{"actor" : {"name": "a"  } }'),
    "between": ('{"actor":{"a":1,"user":"T","b":2}}', '{"actor":{"a":1,"b":2}}'),
    "twice": ('{"actor":{"user":"T","user":"T","a":1,"user":"T"}}', '{"actor":{"a":1}}'),
    "two actors": (
        '{"actor":{"user":"T"},"actor":{"b":1,"user":"T"}}',
        '{"actor":{},"actor":{"b":1}}',
    ),
    "in escapes": (
        r'{"\u0061ct\u006Fr":{"\u0075s\u0065r":"T","name":"\u00e9"}}',
        r'{"\u0061ct\u006Fr":{"name":"\u00e9"}}',
    ),
    "with an escaped quote": (r'{"actor":{"user":"T\"","a":"\""}}', r'{"actor":{"a":"\""}}'),
    "an object": ('{"actor":{"user":{"a":["}"]},"b":1}}', '{"actor":{"b":1}}'),
    "null": ('{"actor":{"user":null}}', '{"actor":{}}'),
    "in an envelope": (
        '{"events":[{"actor":{"user":"T"}}, {"actor":{"a":1,"user":"T"}}]}',
        '{"events":[{"actor":{}}, {"actor":{"a":1}}]}',
    ),
    "in data": ('{"data":{"actor":{"user":"T"}}}', '{"data":{"actor":{}}}'),
    "no UTF-8": ('{"actor":{"user":"T","name":"\udcff"}}', '{"actor":{"name":"\udcff"}}'),
    "cut short": ('{"events":[{"actor":{"name":"a","user":"T', '{"events":[{"actor":{"name":"a"'),
    "no JSON": ('<html>{\'actor\': "actor":{"user":"T", x', "<html>{'actor': \"actor\":{x"),
    "without a value": ('{"actor":{"user":,"a":1}}', '{"actor":{"a":1}}'),
    "far behind": (
        f'{{"a":"{"x" * 65_530}","actor":{{"b":"{"x" * 65_530}","user":"T"}}}}',
        f'{{"a":"{"x" * 65_530}","actor":{{"b":"{"x" * 65_530}"}}}}',
    ),
}
KEPT = {
    "another object's": '{"user":"T","request":{"user":"T"}}',
    "deeper in it": '{"actor":{"a":{"user":"T"},"b":[{"user":"T"}]}}',
    "a value": '{"actor":{"name":"user","user_type":"T"}, "user":"actor"}',
    "a text": r'{"original":"{\"actor\":{\"user\":\"T\"}}", "user":1}',
    "of another type": '{"actor":"user", "user":1}',
    "a longer name": r'{"\"actor":{"user":"T"},"\"user":1}',
}


def encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


@pytest.mark.parametrize(("body", "left"), CUT.values(), ids=CUT.keys())
def test_it_is_cut_out_and_no_more(body: str, left: str) -> None:
    assert without_token(encoded(body)) == encoded(left)


@pytest.mark.parametrize("letter", "user")
def test_one_letter_in_an_escape_is_enough(letter: str) -> None:
    name = "user".replace(letter, f"\\u{ord(letter):04x}")
    assert without_token(f'{{"actor":{{"{name}":"T"}}}}'.encode()) == b'{"actor":{}}'


@pytest.mark.parametrize("body", KEPT.values(), ids=KEPT.keys())
def test_all_else_is_kept(body: str) -> None:
    assert without_token(encoded(body)) == encoded(body)


@given(
    st.dictionaries(st.sampled_from(["a", "user", "b"]), ANY_VALUE),
    st.sampled_from([None, 1]),
    st.sampled_from(["utf-8", "ascii"]),
)
def test_what_is_left_of_any_actor_is_the_rest_of_it(
    actor: dict[str, Any], indent: int | None, written_in: str
) -> None:
    left = {name: value for name, value in actor.items() if name != "user"}
    bodies = [
        json.dumps({"x": "actor", "actor": one}, indent=indent, ensure_ascii=written_in == "ascii")
        for one in (actor, left)
    ]
    found, expected = (one.encode("utf-8", "surrogatepass") for one in bodies)
    # An object that is empty now still has the white space that was within it.
    assert b"".join(without_token(found).split()) == b"".join(expected.split())


def published(body: bytes, reason: Reason | None, *, length: int = 0) -> bytes:
    """The one message that is made of a body."""
    given = Notification(Body(body, length or len(body)), NOW)
    (one,) = translate(given)
    assert translate_at_once(given) in (None, [one])
    assert one.message
    assert one.reason is reason
    return one.message.body


BODIES = {
    "an event": (make_envelope(make_event(actor=ACTOR)), None),
    "an event in it": (make_envelope(make_event() | {"original": {"actor": ACTOR}}), None),
    "an event with an escape": (make_envelope(make_event(actor={**ACTOR, "name": "\\"})), None),
    "an invalid event": (make_envelope(make_event(actor=ACTOR, id=1)), Reason.INVALID_EVENT),
    "no JSON": (make_envelope(make_event(actor=ACTOR))[:-9], Reason.UNREADABLE_BODY),
    "no envelope": (json.dumps(make_event(actor=ACTOR)).encode(), Reason.UNREADABLE_BODY),
}


@pytest.mark.parametrize(("body", "reason"), BODIES.values(), ids=BODIES.keys())
def test_no_message_has_it(body: bytes, reason: Reason | None) -> None:
    assert TOKEN.encode() in body
    left = published(body, reason)
    assert TOKEN.encode() not in left
    assert b'"user_type": "build"' in left


def test_an_event_with_it_is_translated_at_once() -> None:
    assert translate_at_once(Notification(Body.whole(BODIES["an event"][0]), NOW))


def test_the_beginning_of_a_large_body_has_not_even_a_part_of_it() -> None:
    body, _ = BODIES["an event"]
    beginning = body[: body.index(TOKEN.encode()) + 20]
    left = published(beginning, Reason.BODY_TOO_LARGE, length=len(body))
    assert TOKEN[:20].encode() not in left
    assert b'"user_type": "build"' in left


@pytest.mark.parametrize("event", [make_event(actor=ACTOR), {"actor": ACTOR}], ids=["read", "not"])
def test_no_message_of_another_registry_has_it(event: dict[str, Any]) -> None:
    body = Body.whole(json.dumps(event).encode())
    (one,) = normalised(Arrival(body=body, received_at=NOW, registry="acr")).translated
    assert one.message
    assert TOKEN.encode() not in one.message.body
    assert b"user_type" in one.message.body
