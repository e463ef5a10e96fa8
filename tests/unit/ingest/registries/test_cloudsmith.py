"""Cloudsmith sends an object, an array or a form, and several tags at once."""

import json
from typing import Any
from urllib.parse import quote_plus

import pytest

from ingest.registries.adapter import Change, Ignored, Kind, Unreadable, UnreadableRequestError
from tests.unit.ingest.registries.sending import found, sent

HEX = "0" * 64
DIGEST = f"sha256:{HEX}"
PACKAGE = {
    "format": "docker",
    "namespace": "acme",
    "repository": "prod",
    "name": "api",
    "version": HEX,
    "uploader": "jack",
}


def body(event: str = "synced", tags: Any = (), context: Any = None, **package: Any) -> Any:
    meta = {"event_id": f"package.{event}", "trigger_id": "c0e2", "webhook_id": 1}
    data = PACKAGE | {"tags": {"version": list(tags)}} | package
    return {"meta": meta, "data": data, "context": context}


def told(one: Any) -> list[Any]:
    return [
        (of.action, of.kind, of.tag, of.digest, of.event_id) if isinstance(of, Change) else of
        for of in found("cloudsmith", sent(one))
    ]


def form(text: str) -> bytes:
    return f"payload={quote_plus(text)}".encode()


def test_object_array_and_form_are_the_same() -> None:
    one = body(tags=["1.0"])
    text = json.dumps(one)
    assert len(told(one)) == 1
    assert told(one) == told([one]) == told(form(text)) == told(form(json.dumps(text)))


def test_a_form_of_several_fields_is_unreadable() -> None:
    with pytest.raises(UnreadableRequestError, match="another field"):
        told(form(json.dumps(body())) + b"&other=1")


def test_a_broken_element_does_not_lose_the_others() -> None:
    first, broken, last = told([body(tags=["1.0"]), {"meta": 3}, body(tags=["2.0"])])
    assert (first[2], last[2]) == ("1.0", "2.0")
    assert isinstance(broken, Unreadable)


def test_an_empty_array_is_ignored() -> None:
    assert told([]) == [Ignored("an empty array")]


def test_without_tags_the_manifest_is_pushed() -> None:
    expected = [("push", Kind.MANIFEST, None, DIGEST, "c0e2")]
    assert told(body()) == told(body(version=DIGEST)) == expected
    assert told(body() | {"data": PACKAGE}) == expected


def test_a_broken_tag_does_not_lose_the_others() -> None:
    assert told(body(tags=[7, "1.0"])) == [
        Unreadable("one of the tags is not a text"),
        ("push", Kind.MANIFEST, "1.0", DIGEST, "c0e2/1.0"),
    ]


def test_a_deleted_package_takes_its_tags_along() -> None:
    assert told(body("deleted", ["1.0", "latest"])) == [
        ("delete", Kind.MANIFEST, None, DIGEST, "c0e2"),
        ("delete", Kind.TAG, "1.0", None, "c0e2/1.0"),
        ("delete", Kind.TAG, "latest", None, "c0e2/latest"),
    ]


def test_new_tags_are_pushed_and_old_ones_deleted() -> None:
    context = {"old_tags": ["1.0", "kept"], "new_tags": ["kept", "1.1"]}
    assert told(body("tags_updated", context=context)) == [
        ("push", Kind.MANIFEST, "1.1", DIGEST, "c0e2/1.1"),
        ("delete", Kind.TAG, "1.0", None, "c0e2/1.0"),
    ]


@pytest.mark.parametrize(
    "context",
    [None, {}, {"old_tags": ["a"]}, {"old_tags": ["a", "b"], "new_tags": ["b", "a"]}],
    ids=["none", "empty", "half", "same"],
)
def test_tags_that_are_not_known_to_change_are_ignored(context: Any) -> None:
    expected = [Ignored("package.tags_updated does not say which tags changed")]
    assert told(body("tags_updated", context=context)) == expected


def test_only_a_push_is_of_the_uploader() -> None:
    events = ["synced", "deleted"]
    actors = [found("cloudsmith", sent(body(event, ["1.0"])))[0] for event in events]
    assert [one.actor for one in actors if isinstance(one, Change)] == ["jack", None]


@pytest.mark.parametrize("event", ["created", "restored", "quarantined", "security_scanned"])
def test_other_events_are_ignored(event: str) -> None:
    reason = "event is none of package.synced, package.deleted, package.tags_updated"
    assert told(body(event) | {"data": "anything"}) == [Ignored(reason)]


def test_other_formats_are_ignored() -> None:
    assert told(body(format="npm", name=None)) == [Ignored("format is not docker")]


@pytest.mark.parametrize(
    "package",
    [{"name": None}, {"repository": ""}, {"namespace": None}, {"version": "1.0"}],
    ids=str,
)
def test_without_what_decides_it_is_unreadable(package: dict[str, Any]) -> None:
    with pytest.raises(UnreadableRequestError):
        told(body(**package))
