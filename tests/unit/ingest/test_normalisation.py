"""From what an adapter finds to messages: nothing raises, nothing is lost, no secret is kept."""

import json
from codecs import BOM_UTF8
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.arrival import Arrival, kept
from ingest.normalisation import Normalised, handshake, normalised
from ingest.original import original
from ingest.registries import REGISTRIES, quay
from ingest.registries.adapter import Change, Found, Ignored, Kind, Known, Sent, Unreadable
from ingest.translation import Body
from shared.amqp.dead_letter import Reason
from shared.amqp.message import Message
from shared.event import Event
from shared.origin import Origin
from shared.text import from_bytes
from tests import samples
from tests.bodies import ANY_TEXT, any_json

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
BODIES = st.binary(max_size=200) | any_json | st.sampled_from([one.body for one in samples.ALL])
HEADERS = st.dictionaries(
    st.sampled_from(["content-type", "ce-type", "ce-id", "x-github-event", "aeg-event-type"]),
    ANY_TEXT,
    max_size=3,
)


def arrival(body: bytes = b"{}", registry: str = "quay", **changes: Any) -> Arrival:
    return Arrival(
        body=Body.whole(body),
        received_at=AT,
        source="prod",
        registry=registry,
        receipt="receipt",
        **changes,
    )


def change(**changes: Any) -> Change:
    told = {"action": "push", "repository": "team/app", "kind": Kind.MANIFEST, "tag": "v1"}
    return Change(**{**told, **changes})


@pytest.fixture
def finds(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets the adapter of Quay find what it is told."""

    def find(*found: Found | Exception) -> None:
        def read(_: Sent) -> Iterator[Found]:
            for one in found:
                if isinstance(one, Exception):
                    raise one
                yield one

        known = {"quay": quay.REGISTRY._replace(read=read)}
        monkeypatch.setattr("ingest.normalisation.REGISTRIES", known)

    return find


def messages(found: Normalised) -> list[Message]:
    return [one.message for one in found.translated if one.message]


def event(found: Normalised) -> dict[str, Any]:
    (message,) = messages(found)
    value: dict[str, Any] = json.loads(message.body)
    return value


@pytest.mark.parametrize("registry", REGISTRIES)
@given(body=BODIES, headers=HEADERS)
@settings(max_examples=60)
def test_nothing_raises_and_nothing_is_lost(
    registry: str, body: bytes, headers: dict[str, str]
) -> None:
    given_ = arrival(body, registry, request=kept(headers.items()))
    handshake(given_)
    found = normalised(given_)
    assert found.translated or found.ignored
    for one in found.translated:
        assert one.message or one.reason is None
        if one.reason is Reason.UNREADABLE_BODY:
            assert one.message
            assert one.message.body == body
        elif one.message and one.reason is None:
            assert Event.parse(from_bytes(one.message.body)).action == one.action


@pytest.mark.parametrize("sample", samples.ALL, ids=lambda one: one.name)
def test_a_sample_is_the_same_by_the_headers_that_are_kept(sample: samples.Sample) -> None:
    request = kept(sample.headers.items())
    found = normalised(arrival(sample.body, sample.registry, request=request))
    assert len(found.translated) == len(sample.events)
    assert all(one.message and not one.reason for one in found.translated)
    for message, expected in zip(messages(found), sample.events, strict=True):
        read = Event.parse(from_bytes(message.body))
        assert (read.action, read.repository) == (expected["action"], expected["repository"])
        assert (read.tag or None, read.digest or None) == (expected["tag"], expected["digest"])
        assert read.id == (expected["event_id"] or read.id)
        origin = Origin.read(message.headers)
        assert (origin.source, origin.registry) == ("prod", sample.registry)
        assert origin.kind == expected["kind"]
        assert (origin.id_from == "received") is (expected["event_id"] is None)
        assert json.loads(message.body)["original"] == {
            "headers": request,
            "body": sample.body.decode(),
        }


def test_what_is_not_told_is_of_the_receipt(finds: Any) -> None:
    finds(change(id_from=Known.HEADER, time_from=Known.NATIVE), Ignored("x"), change(tag="v2"))
    first, second = messages(normalised(arrival()))
    assert json.loads(first.body)["timestamp"] == AT.isoformat()
    origin = Origin.read(first.headers)
    assert (origin.id_from, origin.time_from) == ("received", "received")
    assert first.headers["event-id"] == "receipt"
    again = messages(normalised(arrival()))[1]
    assert second.headers["event-id"] == again.headers["event-id"] != "receipt"


def test_an_event_has_what_its_registry_says(finds: Any) -> None:
    finds(
        change(
            digest="sha256:1",
            media_type="m/t",
            actor="alice",
            occurred_at="2026-01-01T00:00:00Z",
            event_id="id-1",
            host="h",
            address="a",
            method="PUT",
            user_agent="ua",
            request_id="r",
            node="n",
        )
    )
    told = event(normalised(arrival(b'{"x": 1}')))
    assert told == {
        "id": "id-1",
        "timestamp": "2026-01-01T00:00:00Z",
        "action": "push",
        "target": {"repository": "team/app", "tag": "v1", "digest": "sha256:1", "mediaType": "m/t"},
        "request": {"id": "r", "addr": "a", "host": "h", "method": "PUT", "useragent": "ua"},
        "actor": {"name": "alice"},
        "source": {"addr": "n"},
        "original": {"headers": {}, "body": '{"x": 1}'},
    }


def test_an_invalid_event_is_a_dead_letter_beside_the_others(finds: Any) -> None:
    finds(change(repository="Upper"), change(), change(action="pull", repository="", tag="x" * 200))
    found = normalised(arrival())
    told = [(bool(one.message), bool(one.reason)) for one in found.translated]
    assert told == [(True, True), (True, False), (False, False)]
    dead = messages(found)[0]
    assert json.loads(dead.body)["target"]["repository"] == "Upper"
    assert dead.headers["dead-letter-reason"] == Reason.INVALID_EVENT
    assert Origin.read(dead.headers).kind == "manifest"
    assert found.ignored == "an invalid event of an action that nobody records"


FAULTS: dict[str, tuple[Found | Exception, str]] = {
    "an item": (Unreadable("no name"), "no name"),
    "a bug": (KeyError("s3cret"), "its adapter failed"),
}


@pytest.mark.parametrize(("fault", "says"), FAULTS.values(), ids=FAULTS)
def test_what_cannot_be_read_is_a_dead_letter_with_the_whole(
    finds: Any, fault: Found | Exception, says: str
) -> None:
    finds(change(), fault)
    request = {"ce-id": "é"}
    given_ = arrival(b"\xff\x00whole", request=request, options={"path": "host"})
    *_, dead = messages(normalised(given_))
    assert (dead.body, dead.headers["dead-letter-error"]) == (b"\xff\x00whole", says)
    again = Arrival.again(dead.body, dead.headers, received_at=AT)
    assert again == given_


def test_what_is_read_again_counts_once(finds: Any) -> None:
    finds(change(), Unreadable("no name"))
    first, dead = messages(normalised(arrival()))
    again = Arrival.again(dead.body, dead.headers, received_at=AT)
    assert again
    finds(change(), change(tag="v2"))
    events = messages(normalised(again))
    assert [one.headers["event-id"] == first.headers["event-id"] for one in events] == [True, False]


def test_an_encoded_or_cut_body_is_said_to_be_that(finds: Any) -> None:
    finds(change())
    (dead,) = messages(normalised(arrival(content_encoding="gzip")))
    assert dead.headers["dead-letter-error"] == "the body is encoded (gzip)"
    cut = Arrival(body=Body(b"{", 9, "ab"), received_at=AT, source="prod", registry="quay")
    (dead,) = messages(normalised(cut))
    assert dead.headers["dead-letter-reason"] == Reason.BODY_TOO_LARGE


def test_a_registry_that_is_gone_is_no_fault_of_a_dead_letter() -> None:
    (dead,) = messages(normalised(arrival(registry="gone")))
    assert dead.headers["dead-letter-error"] == "its registry is not known to this version"


def test_only_headers_that_are_known_and_open_nothing_are_kept() -> None:
    given_ = [
        *(("Content-Type", "a"), ("content-type", "b"), ("Ce-Id", "c"), ("X-GitHub-Event", "d")),
        *(("Authorization", "s"), ("Cookie", "s"), ("X-Gitea-Signature", "s"), ("ce-token", "s")),
        *(
            ("X-Hub-Signature-256", "s"),
            ("aeg-sas-key", "s"),
            ("User-Agent", "s"),
            ("Ce-Ours", "s"),
        ),
    ]
    assert kept(given_, secret=["CE-ours"]) == {
        "content-type": "a",
        "ce-id": "c",
        "x-github-event": "d",
    }
    assert kept([(f"ce-{number}", "x" * 8000) for number in range(20)]).keys() == {"ce-0", "ce-1"}


def test_of_a_large_body_there_are_its_length_and_digest(finds: Any) -> None:
    finds(change(), change(tag="v2"))
    body = json.dumps({"manifest": "x" * 70_000, "tag": "v1"}).encode()
    for message in messages(normalised(arrival(body))):
        original = json.loads(message.body)["original"]
        assert (original["body_length"], len(original["body_sha256"])) == (len(body), 64)
        assert "body" not in original


@pytest.mark.parametrize("mark", [b"", BOM_UTF8], ids=["bare", "byte order mark"])
@pytest.mark.parametrize("place", ["body", "data"])
def test_a_manifest_that_zot_sends_does_not_count(place: str, mark: bytes) -> None:
    data = {"manifest": "x" * 70_000, "name": "a/b"}
    body = json.dumps(data if place == "body" else {"data": data}).encode()
    rest = json.loads(original(arrival(mark + body, "zot"), 1)["body"])
    assert rest == ({"name": "a/b"} if place == "body" else {"data": {"name": "a/b"}})


@given(st.text("a\u00e4\u20ac\udc80\ud800\x00"))
def test_an_original_is_what_came_whatever_that_is(text: str) -> None:
    body = json.dumps({"repository": "a/b", "updated_tags": ["v1"], "x": text}).encode() + b" "
    assert event(normalised(arrival(body)))["original"]["body"] == body.decode()
