import json
from datetime import UTC, datetime

import pytest

from console.dead_letters.letter.cause import cause
from console.dead_letters.letter.story import advice, tell
from console.words.moments import Clock
from shared.amqp.dead_letter import Reason
from shared.origin import Origin
from tests.factories import make_event
from tests.unit.console.dead_letters.letters import make_dead_letter

CLOCK = Clock(datetime(2026, 3, 1, 15, 12, tzinfo=UTC))
HOSTILE = "<script>\x1b[2J\u202e\r\n"


def told(**changes: object) -> str:
    return "\n".join(tell(make_dead_letter(**changes), CLOCK, mask=True))  # type: ignore[arg-type]  # any of its fields


def test_the_whole_story() -> None:
    event = make_event(repository="team/app", id="event-1", target={"tag": "v1"})
    text = told(
        body=json.dumps(event),
        host="node-b",
        version="0.1.0",
        first_seen="2026-03-01T11:00:00+00:00",
        headers={
            "source": "registry:5000",
            "traceparent": "00-4bf9-00f0-01",
            "requeue-count": 2,
            "requeued-at": "2026-03-01T11:30:00+00:00",
            "requeued-by": "anna@host",
            "died-before": "2026-03-01 10:00:00+00:00  3 attempts  one\nlater  1 attempts  two",
        },
    )
    for part in (
        "push team/app:v1 event-1",
        "registry:5000",
        "RaiseError: no row",
        "2026-03-01 12:00:00 UTC (3 h 12 min ago)",
        "node-b, version 0.1.0",
        "2 times, last 2026-03-01 11:30:00 UTC by anna@host",
        "died before   2026-03-01 10:00:00+00:00  3 attempts  one",
        "died before   later  1 attempts  two",
        "00-4bf9-00f0-01",
        '"tag": "v1"',
    ):
        assert part in text
    assert "alice" not in text


@pytest.mark.parametrize(
    ("origin", "line"),
    [
        (Origin("prod-harbor", "harbor", "manifest"), "registry      harbor, prod-harbor"),
        (Origin("lab"), "registry      distribution, lab"),
        (Origin(registry="gitlab"), "registry      gitlab, default"),
        (Origin("\x1b[2J\u202e", "harbor"), r"registry      harbor, \x1b[2J\u202e"),
    ],
    ids=["both", "a source", "a registry", "hostile"],
)
def test_a_registry_is_named_that_is_not_the_default(origin: Origin, line: str) -> None:
    assert line in told(headers=origin.headers).splitlines()
    assert "\nregistry  " not in told()


def test_how_an_event_of_another_source_has_its_id_and_time_is_told() -> None:
    headers = Origin("prod", "harbor", "manifest", "derived", "received").headers
    text = told(headers=headers)
    assert "\nevent id      derived from the body, the same at each repeat\n" in text
    assert "\nevent time    made on receipt\n" in text
    # Nothing was read of a request that could not be read, and one registry alone says nothing.
    for other in (told(headers=headers, reason=Reason.UNREADABLE_BODY), told()):
        assert "\nevent id " not in other


def test_hostile_texts_are_escaped_everywhere() -> None:
    event = make_event(HOSTILE, HOSTILE, id=HOSTILE, target={"tag": HOSTILE})
    text = told(
        body=json.dumps(event),
        message_id=HOSTILE,
        routing_key=HOSTILE,
        error_type=HOSTILE,
        error=HOSTILE,
        failed_at=HOSTILE,
        first_seen=HOSTILE,
        host=HOSTILE,
        headers={HOSTILE: HOSTILE, "source": HOSTILE, "x-death": [{"queue": HOSTILE}]},
    )
    assert all(line.isprintable() for line in text.split("\n"))


def test_what_the_broker_wrote_is_told_as_json() -> None:
    died = {"count": 50, "reason": "delivery_limit", "time": datetime(2026, 3, 1, tzinfo=UTC)}
    text = told(headers={"x-death": [died], "requeue-count": 2})
    shown = '{"count": 50, "reason": "delivery_limit", "time": "2026-03-01 00:00:00+00:00"}'
    assert f"broker        {shown}" in text
    assert f"header        x-death: [{shown}]" in text
    assert "header        requeue-count: 2" in text


def test_what_is_masked_is_said_and_shown_on_demand() -> None:
    dead_letter = make_dead_letter(error="for https://alice:s3cret@host")
    masked = list(tell(dead_letter, CLOCK, mask=True))
    whole = list(tell(dead_letter, CLOCK, mask=False))
    assert "payload, masked; --no-mask shows the whole" in masked
    assert "error         RaiseError: for https://****@host" in masked
    assert "payload" in whole
    assert "error         RaiseError: for https://alice:s3cret@host" in whole
    assert '    "name": "alice"' in "\n".join(whole)


def test_an_id_that_opens_a_door_is_not_advised() -> None:
    body = json.dumps(make_event(id="Bearer s3cret"))
    dead_letter = make_dead_letter(body, message_id="", reason=Reason.DELIVERY_LIMIT)
    assert "requeue --id Bearer **** " in advice(dead_letter)[1]


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_something_to_try(reason: Reason) -> None:
    dead_letter = make_dead_letter(reason=reason)
    why, *commands = advice(dead_letter)
    assert why.endswith(":")
    assert commands
    for command in commands:
        assert command.startswith("registry-events dead-letters ")
        assert dead_letter.message_id in command or cause(dead_letter).group in command


def test_a_large_payload_is_cut() -> None:
    text = told(body=json.dumps(make_event(target={"tag": "x" * 300_000})))
    assert len(text) < 70_000
    assert "more characters; -o json shows all" in text
    assert "more characters" not in told()
