"""Any body becomes messages that can be sent: events, or dead letters with their story."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pamqp.encode import field_table

from ingest.translation import Body, Notification, Translated, translate
from shared.amqp.dead_letter import Reason, Story
from shared.amqp.message import Message
from shared.event import Event
from shared.text import from_bytes
from tests.factories import make_envelope, make_event

NOW = datetime(2026, 11, 24, tzinfo=UTC)
ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT


def json_of(scalars: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
        max_leaves=8,
    )


VALUES = json_of(SCALARS)
FINITE = json_of(
    st.none()
    | st.booleans()
    | st.integers()
    | ANY_TEXT
    | st.floats(allow_nan=False, allow_infinity=False)
)
# Events that are near the registry's own: some fields hold what does not belong there.
NEARLY_EVENTS = st.fixed_dictionaries(
    {},
    optional={
        "id": ANY_TEXT | SCALARS,
        "timestamp": st.datetimes().map(lambda moment: f"{moment.isoformat()}Z") | SCALARS,
        "action": st.sampled_from(["push", "delete", "pull", "\U0001f600" * 60, "x" * 64])
        | SCALARS,
        "target": st.fixed_dictionaries(
            {},
            optional={
                "repository": st.sampled_from(["team/app", "a"]) | SCALARS,
                "tag": ANY_TEXT | SCALARS,
                "digest": SCALARS,
                "references": VALUES,
            },
        )
        | VALUES,
        "actor": st.fixed_dictionaries({}, optional={"name": SCALARS}) | VALUES,
        "other": VALUES,
    },
)


def translated(body: bytes, **more: str) -> list[Translated]:
    return list(translate(Notification(Body.whole(body), NOW, **more)))


def sent(one: Translated) -> Message:
    assert one.message
    return one.message


def check_sendable(one: Translated) -> None:
    message = one.message
    assert (one.action is None) != (one.reason is None)
    if message is None:
        assert one.action not in {"push", "delete"}
        return
    field_table(dict(message.headers))
    message.routing_key.encode()
    assert len(message.routing_key.encode()) < 256


@given(st.lists(NEARLY_EVENTS | VALUES, max_size=5))
def test_each_event_of_any_envelope_is_published_or_dead_lettered(events: list[Any]) -> None:
    parts = translated(json.dumps({"events": events}).encode())
    assert len(parts) == len(events)
    for part, event in zip(parts, events, strict=True):
        check_sendable(part)
        if part.message:
            assert from_bytes(part.message.body) == json.dumps(event)


@given(st.binary(min_size=1) | VALUES.map(lambda value: json.dumps(value).encode()))
def test_any_body_at_all_is_translated(body: bytes) -> None:
    for part in translated(body):
        check_sendable(part)


@given(
    st.sampled_from(["push", "delete", "pull", "rename"]),
    st.dictionaries(st.sampled_from(["tag", "size", "references", "urls"]), FINITE),
    st.dictionaries(st.text().filter(lambda name: name not in make_event()), FINITE),
)
def test_an_event_survives_http_model_amqp_body_and_model_unchanged(
    action: str, target: dict[str, Any], unknown: dict[str, Any]
) -> None:
    event = {**make_event(action, target={**target, "tag": "v1"} if "tag" in target else target)}
    event |= unknown
    (part,) = translated(json.dumps({"events": [event]}, indent=3).encode())
    before = Event.parse(json.dumps(event))
    after = Event.parse(from_bytes(sent(part).body))
    assert after == before


def test_a_bad_event_leaves_its_neighbours_alone() -> None:
    parts = translated(make_envelope(make_event(), {"id": "x"}, make_event("pull")))
    assert [part.reason for part in parts] == [None, Reason.INVALID_EVENT, None]
    assert [sent(part).mandatory for part in parts] == [True, True, False]


def test_a_dead_letter_carries_the_bytes_and_the_story() -> None:
    (part,) = translated(b"\xff nonsense")
    story = Story.read(sent(part).headers)
    assert sent(part).body == b"\xff nonsense"
    assert (story.reason, story.error) == (Reason.UNREADABLE_BODY, "not an object")
    assert story.first_seen == NOW.isoformat()


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "br"])
def test_an_encoded_body_is_not_looked_into(encoding: str) -> None:
    (part,) = translated(make_envelope(make_event()), content_encoding=encoding)
    assert part.reason is Reason.UNREADABLE_BODY
    assert translated(make_envelope(make_event()), content_encoding="identity")[0].action == "push"


def test_the_action_of_an_invalid_event_is_looked_for_unless_that_takes_long() -> None:
    ignored, dead = ({"action": "pull", "references": [0] * count} for count in (49_000, 51_000))
    parts = translated(make_envelope(ignored, dead))
    assert [(bool(part.message), part.reason) for part in parts] == [
        (False, None),
        (True, Reason.INVALID_EVENT),
    ]
