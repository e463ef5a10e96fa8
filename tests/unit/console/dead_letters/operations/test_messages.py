import gzip
import json
import zlib
from codecs import BOM_UTF8
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.dead_letters.letter import exported, past
from console.dead_letters.operations.messages import (
    buried_again,
    destination,
    edited,
    requeued,
    why_not,
)
from ingest.envelope import MOST_EVENTS
from shared.amqp.dead_letter import Reason
from shared.amqp.topology import DEAD_EXCHANGE, EVENTS_EXCHANGE
from shared.origin import Origin
from shared.text import from_bytes, to_bytes
from tests.factories import make_envelope, make_event
from tests.unit.console.dead_letters.letters import make_dead_letter

AT = datetime(2026, 3, 2, tzinfo=UTC)
OWN = {"event-id": "event-1", "source": "registry:5000", "traceparent": "00-1-2-01"}


def test_the_event_is_as_it_was() -> None:
    body = '{"action": "push", "odd": 1.10,  "b": "\udcff"}'
    dead_letter = make_dead_letter(
        body, headers={**OWN, "x-death": [{"count": 1}], "x-first-death-queue": "registry.events"}
    )
    (message,) = requeued(dead_letter, by="anna@host", at=AT)
    assert message.body == to_bytes(body)
    assert (message.exchange, message.routing_key) == (EVENTS_EXCHANGE, "event.push")
    assert message.mandatory
    assert message.headers == {
        **OWN,
        "requeue-count": 1,
        "requeued-at": "2026-03-02T00:00:00+00:00",
        "requeued-by": "anna@host",
        "died-before": "2026-03-01 12:00:00+00:00  3 attempts  RaiseError: no row",
    }


def test_it_goes_to_the_shard_of_its_repository_now() -> None:
    event = make_event(repository="group/1")
    dead_letter = make_dead_letter(json.dumps(event), routing_key="shard.7.event.push")
    mended = json.dumps(make_event(repository="group/2"))
    for message, repository in (
        (requeued(dead_letter, by="anna", at=AT)[0], "group/1"),
        (edited(dead_letter, mended, by="anna", at=AT)[0], "group/2"),
    ):
        assert (message.exchange, message.routing_key) == (EVENTS_EXCHANGE, "event.push")
        assert message.repository == repository


def test_without_a_readable_action_its_key_says_where_to_whichever_shard_it_was_of() -> None:
    assert destination(make_dead_letter("{}", routing_key="shard.7.event.push")) == "event.push"


HARBOR = Origin("prod-harbor", "harbor", "manifest", "derived", "received")


def test_where_it_came_from_is_kept() -> None:
    dead_letter = make_dead_letter(headers={**OWN, **HARBOR.headers})
    mended = json.dumps(make_event("delete"))
    exported_again = exported.parse(dead_letter.json())
    assert (exported_again.registry_source, exported_again.registry) == ("prod-harbor", "harbor")
    for message in (
        *requeued(dead_letter, by="anna", at=AT),
        *edited(dead_letter, mended, by="anna", at=AT),
        *buried_again(exported_again),
        *requeued(exported_again, by="anna", at=AT),
    ):
        assert Origin.read(message.headers) == HARBOR


def test_the_events_of_a_notification_come_from_where_it_came() -> None:
    dead_letter = make_dead_letter(
        make_envelope(make_event(), make_event("delete", "A//B")).decode(),
        reason=Reason.UNREADABLE_BODY,
        headers=Origin("lab").headers,
    )
    messages = [*requeued(dead_letter, by="anna", at=AT)]
    messages += edited(dead_letter, dead_letter.body, by="anna", at=AT)
    assert [Origin.read(one.headers) for one in messages] == [Origin("lab")] * 4


def test_requeues_are_counted() -> None:
    dead_letter = make_dead_letter(headers={"requeue-count": 2, "requeued-by": "bob"})
    headers = requeued(dead_letter, by="anna", at=AT)[0].headers
    assert (headers["requeue-count"], headers["requeued-by"]) == (3, "anna")
    assert why_not(dead_letter, max_requeues=3) == ""
    assert why_not(dead_letter, max_requeues=2).startswith("requeued 2 times or more")


def test_the_last_five_deaths_are_remembered() -> None:
    headers: dict[str, Any] = {}
    for number in range(7):
        dead_letter = make_dead_letter(headers=headers, error=f"no {number}\n{'x' * 1000}")
        headers = dict(requeued(dead_letter, by="anna", at=AT)[0].headers)
    told = past.before(make_dead_letter(headers=headers))
    assert [line.partition("RaiseError: ")[2][:8] for line in told] == [
        rf"no {number}\x0a" for number in range(2, 7)
    ]
    assert len(headers["died-before"]) < 5 * 300


def test_deaths_are_remembered_without_credentials() -> None:
    error = f"{'x' * 150} https://alice:{'s3cret' * 99}@host"
    (message,) = requeued(make_dead_letter(error=error), by="anna", at=AT)
    assert str(message.headers["died-before"]).endswith(f"{'x' * 9} https://****@host")


@pytest.mark.parametrize("header", [7, "", "\n" * 1000, "x" * 100_000, ["a list"]])
def test_a_strange_header_of_deaths_does_no_harm(header: object) -> None:
    dead_letter = make_dead_letter(headers={"died-before": header})
    assert len(past.before(dead_letter)) <= 5
    assert len(past.with_this(dead_letter)) < 5 * 320


@pytest.mark.parametrize(
    ("body", "routing_key", "expected"),
    [
        ('{"action": "delete"}', "event", "event.delete"),
        ('{"action": "delete"}', "event.push", "event.delete"),
        ('{"action": 7}', "event.push", "event.push"),
        ("no JSON", "event.push", "event.push"),
        ("no JSON", "event", ""),
        ("no JSON", "event.", ""),
        ("no JSON", "other", ""),
        (json.dumps({"action": "ü" * 126}), "event", ""),
    ],
)
def test_where_to(body: str, routing_key: str, expected: str) -> None:
    dead_letter = make_dead_letter(body, routing_key=routing_key)
    assert destination(dead_letter) == expected
    assert bool(why_not(dead_letter, max_requeues=3)) is not bool(expected)


@pytest.mark.parametrize("count", ["3", None, True, 1.5, -1])
def test_a_strange_count_is_no_count(count: object) -> None:
    dead_letter = make_dead_letter(headers={"requeue-count": count})
    assert dead_letter.requeues <= 0
    assert why_not(dead_letter, max_requeues=1) == ""


def test_an_edited_event_keeps_its_first_original() -> None:
    dead_letter = make_dead_letter("{bad \udcff", routing_key="event", headers=OWN)
    text = json.dumps(make_event("delete", id="event-2"))
    (message,) = edited(dead_letter, text, by="anna", at=AT)
    assert message.body == text.encode()
    assert message.routing_key == "event.delete"
    assert message.headers["event-id"] == "event-2"
    assert message.headers["original-body"] == r"{bad \udcff"
    again = make_dead_letter(text, headers=dict(message.headers))
    headers = edited(again, text, by="anna", at=AT)[0].headers
    assert headers["original-body"] == r"{bad \udcff"
    assert headers["requeue-count"] == 2


@given(st.text("a\u00e4\u20ac\udc80", min_size=1), st.integers(1, 40_000))
def test_an_original_never_outgrows_the_headers(part: str, times: int) -> None:
    body, text = part * times, json.dumps(make_event())
    headers = edited(make_dead_letter(body), text, by="a", at=AT)[0].headers
    kept = str(headers["original-body"])
    assert len(kept.encode()) <= 64 * 1024 + len("…".encode())
    assert body.encode("utf-8", "backslashreplace").decode().startswith(kept.removesuffix("…"))


ENVELOPE = make_envelope(make_event(), make_event("pull"), make_event(repository="Upper"))
HELD = {
    "gzip": gzip.compress(ENVELOPE),
    "zlib": zlib.compress(ENVELOPE),
    "byte order mark": BOM_UTF8 + ENVELOPE,
    "one event": json.dumps({"events": make_event()}).encode(),
    "many events": make_envelope(*[make_event()] * (MOST_EVENTS + 1)),
}


@pytest.mark.parametrize("body", HELD.values(), ids=HELD)
def test_a_notification_becomes_its_events(body: bytes) -> None:
    dead_letter = make_dead_letter(
        from_bytes(body),
        routing_key="event",
        reason=Reason.UNREADABLE_BODY,
        headers={"received-at": "2026-03-01T11:00:00+00:00", "traceparent": "00-1-2-01"},
    )
    assert why_not(dead_letter, max_requeues=3) == ""
    messages = requeued(dead_letter, by="anna", at=AT)
    first = messages[0]
    event = json.loads(first.body)
    assert (first.exchange, first.routing_key) == (EVENTS_EXCHANGE, "event.push")
    assert first.headers["event-id"] == event["id"]
    assert first.headers["received-at"] == "2026-03-01T11:00:00+00:00"
    assert (first.headers["traceparent"], first.headers["requeue-count"]) == ("00-1-2-01", 1)
    assert len(messages) == {"one event": 1, "many events": MOST_EVENTS + 1}.get(_name(body), 3)
    if len(messages) == 3:
        assert messages[1].routing_key == "event.pull"
        assert messages[2].exchange == DEAD_EXCHANGE
        assert messages[2].headers["dead-letter-reason"] == "invalid_event"


def _name(body: bytes) -> str:
    return next(name for name, held in HELD.items() if held == body)


@pytest.mark.parametrize(
    ("body", "reason", "why"),
    [
        (b"{}", Reason.UNREADABLE_BODY, "it is no notification"),
        (gzip.compress(b"{}"), Reason.UNREADABLE_BODY, "it is no notification"),
        (gzip.compress(ENVELOPE)[:-9], Reason.UNREADABLE_BODY, "it is no notification"),
        (zlib.compress(bytes(65 * 1024 * 1024)), Reason.UNREADABLE_BODY, "it is no notification"),
        (b'{"events": {"id": 1', Reason.UNREADABLE_BODY, "it is no notification"),
        (ENVELOPE, Reason.RECORDING_FAILED, "it is no notification"),
        (ENVELOPE[:100], Reason.BODY_TOO_LARGE, "only the beginning"),
    ],
    ids=["nothing", "packed nothing", "half", "a bomb", "broken", "another reason", "cut"],
)
def test_what_holds_no_notification_is_not_requeued(body: bytes, reason: Reason, why: str) -> None:
    dead_letter = make_dead_letter(from_bytes(body), routing_key="event", reason=reason)
    assert why in why_not(dead_letter, max_requeues=3)


def test_an_edited_notification_keeps_its_original_once() -> None:
    dead_letter = make_dead_letter("{bad", routing_key="event", reason=Reason.UNREADABLE_BODY)
    text = json.dumps({"events": [make_event(), make_event("delete")]})
    first, second = edited(dead_letter, text, by="anna", at=AT)
    assert (first.headers["original-body"], second.headers.get("original-body")) == ("{bad", None)
    assert [first.routing_key, second.routing_key] == ["event.push", "event.delete"]
    assert first.headers["requeue-count"] == second.headers["requeue-count"] == 1
