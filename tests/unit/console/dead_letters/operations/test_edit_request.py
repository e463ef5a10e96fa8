"""Of another registry an operator edits what it sent, and its adapter makes the events of it."""

import json
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from msgspec.structs import replace

from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.operations.edit import draft, mended
from console.dead_letters.operations.messages import edited
from console.errors import UnusableError
from ingest.normalisation import normalised
from ingest.translation import Body
from shared.amqp.message import Message
from shared.origin import Origin
from shared.text import from_bytes
from tests import samples
from tests.unit.console.dead_letters.letters import dead_of, make_arrival, make_dead_letter

AT: Final = datetime(2026, 3, 2, tzinfo=UTC)
OF: Final = {one.name: one for one in samples.ALL}
HARBOR: Final = OF["harbor/push-tag"]
TWO_TAGS: Final = (
    b'{"repository": "team/app", "docker_url": "quay.example/team/app",'
    b' "updated_tags": ["v1", "v2"]}'
)


def dead(sample: samples.Sample, body: bytes, **options: str) -> DeadLetter:
    return dead_of(make_arrival(sample, body, **options))[0]


def sent_again(dead_letter: DeadLetter, text: str) -> list[Message]:
    return edited(dead_letter, mended(text, dead_letter), by="anna", at=AT)


@pytest.mark.parametrize(
    "sample", [one for one in samples.ALL if one.events], ids=lambda one: one.name
)
def test_what_was_sent_is_edited_and_becomes_the_same_events(sample: samples.Sample) -> None:
    expected = [one.message for one in normalised(make_arrival(sample, sample.body)).translated]
    for dead_letter in dead_of(make_arrival(sample, sample.body)):
        messages = sent_again(dead_letter, draft(dead_letter))
        for one, other in zip(messages, expected, strict=True):
            assert other
            assert one.routing_key == other.routing_key
            assert one.headers["event-id"] == other.headers["event-id"]
            assert Origin.read(one.headers) == Origin.read(other.headers)


def test_what_is_wrong_in_it_is_mended() -> None:
    dead_letter = dead(HARBOR, HARBOR.body.replace(b'"library/payments"', b'"Library/Payments"'))
    assert dead_letter.story.reason == "invalid_event"
    shown = draft(dead_letter)
    assert json.loads(shown)["operator"] == "alice"
    (message,) = sent_again(dead_letter, shown.replace("Library/Payments", "library/payments"))
    (expected,) = HARBOR.events
    assert message.headers["event-id"] == expected["event_id"]
    assert json.loads(message.body)["target"]["repository"] == "library/payments"
    assert message.headers["requeued-by"] == "anna"
    assert "Library/Payments" in str(message.headers["original-body"])


def test_a_request_that_could_not_be_read_becomes_all_of_its_events() -> None:
    quay = OF["quay/repo-push"]
    dead_letter = dead(quay, TWO_TAGS.replace(b'"team/app",', b"7,", 1))
    assert dead_letter.story.reason == "unreadable_body"
    messages = sent_again(dead_letter, TWO_TAGS.decode())
    assert [json.loads(one.body)["target"]["tag"] for one in messages] == ["v1", "v2"]
    assert messages[0].headers["event-id"] == "receipt"
    assert ["original-body" in one.headers for one in messages] == [True, False]


def test_an_id_of_the_receipt_is_the_same_after_it() -> None:
    first, second = dead_of(make_arrival(OF["quay/repo-push"], TWO_TAGS))
    ids = [first.event_id, second.event_id]
    for one in (first, second):
        assert [made.headers["event-id"] for made in sent_again(one, draft(one))] == ids


def test_options_of_the_source_hold() -> None:
    sample = OF["artifactory/pushed-signed"]
    (plain,) = dead_of(make_arrival(sample, sample.body))
    options = {"repository-key": "leave-out"}
    (shorter,) = dead_of(make_arrival(sample, sample.body, **options))
    assert shorter.repository != plain.repository
    for one in (plain, shorter):
        (message,) = sent_again(one, draft(one))
        assert json.loads(message.body)["target"]["repository"] == one.repository


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "harbor does not send this: is not JSON"),
        ("7", "harbor does not send this: Expected `object`, got `int`"),
        (
            HARBOR.body.decode().replace("library/payments", "Upper"),
            "harbor does not send this: target.repository: is not a repository path",
        ),
        (HARBOR.body.decode().replace("PUSH_", "SCANNING_"), "nothing of ours is in it: "),
    ],
    ids=["no JSON", "another kind", "bad path", "nothing of ours"],
)
def test_what_has_no_event_is_refused_with_its_reason(text: str, why: str) -> None:
    for body in (HARBOR.body, b"{}"):
        with pytest.raises(UnusableError) as refused:
            mended(text, dead(HARBOR, body))
        assert why in str(refused.value)


def test_an_event_whose_request_was_too_large_to_keep_is_edited_itself() -> None:
    large = replace(make_arrival(HARBOR, b""), body=Body.whole(HARBOR.body + b" " * 70_000))
    (dead_letter,) = dead_of(large)
    shown: dict[str, Any] = json.loads(draft(dead_letter))
    assert shown["target"]["repository"] == "library/payments"
    assert len(sent_again(dead_letter, draft(dead_letter))) == 1


@pytest.mark.parametrize("original", [None, 7, {}, {"body": 7}, {"body": "\ud800"}], ids=repr)
def test_an_original_that_is_none_leaves_the_event(original: object) -> None:
    event = json.dumps({"action": "push", "original": original})
    dead_letter = make_dead_letter(event, headers=Origin("prod", "harbor").headers)
    assert json.loads(draft(dead_letter))["action"] == "push"


def test_distribution_s_own_events_are_edited_as_they_are() -> None:
    dead_letter = make_dead_letter(from_bytes(b'{"original": {"body": "x"}}'))
    assert json.loads(draft(dead_letter)) == {"original": {"body": "x"}}
