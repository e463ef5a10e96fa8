"""MSR has a type for whatever changes; its id is made of the time."""

from typing import Any

import pytest

from ingest.registries.adapter import Ignored, Kind, Known, UnreadableRequestError
from tests.unit.ingest.registries.sending import change, found, sent

DIGEST = "sha256:" + "0" * 64
CONTENTS = {"namespace": "foo", "repository": "bar", "digest": DIGEST, "author": "kate"}


def body(kind: str, time: str | None = "2026-03-04T19:39:40.607337713Z", **contents: Any) -> Any:
    return sent({"type": kind, "createdAt": time, "contents": CONTENTS | contents})


@pytest.mark.parametrize(
    ("of", "tag", "expected"),
    [
        ("TAG_PUSH", "1.2", ("push", Kind.MANIFEST, "1.2")),
        ("TAG_PULL", "1.2", ("pull", Kind.MANIFEST, "1.2")),
        ("TAG_DELETE", "1.2", ("delete", Kind.TAG, "1.2")),
        ("MANIFEST_PUSH", None, ("push", Kind.MANIFEST, None)),
        ("MANIFEST_PULL", None, ("pull", Kind.MANIFEST, None)),
        ("MANIFEST_DELETE", None, ("delete", Kind.MANIFEST, None)),
        ("REPO_DELETED", None, ("delete", Kind.REPOSITORY, None)),
    ],
)
def test_a_type_is_an_action_on_a_thing(of: str, tag: str | None, expected: Any) -> None:
    one = change("msr", body(of, tag=tag))
    assert (one.action, one.kind, one.tag) == expected
    assert (one.repository, one.digest, one.actor) == ("foo/bar", DIGEST, "kate")


@pytest.mark.parametrize("of", ["REPO_CREATED", "REPO_UPDATED", "SCAN_COMPLETED", "PROMOTION"])
def test_other_types_are_ignored(of: str) -> None:
    request = sent({"type": of, "contents": "anything"})
    assert found("msr", request) == [Ignored("type is of no tag, manifest or deleted repository")]


def test_the_id_differs_by_time_and_type() -> None:
    requests = [
        body("TAG_PUSH", tag="1.2"),
        body("TAG_PULL", tag="1.2"),
        body("TAG_PUSH", "2026-03-05T00:00:00Z", tag="1.2"),
        body("TAG_PUSH", tag="1.3"),
    ]
    assert len({change("msr", one).event_id for one in requests}) == 4


def test_the_time_is_the_bodys_own() -> None:
    one = change("msr", body("TAG_PUSH", tag="1.2"))
    assert (one.id_from, one.time_from) == (Known.DERIVED, Known.NATIVE)


def test_what_is_empty_is_not_said() -> None:
    one = change("msr", body("TAG_PUSH", "", tag=DIGEST, digest="", author=""))
    assert (one.tag, one.digest, one.actor, one.occurred_at) == (None, None, None, None)


def test_without_a_time_no_later_push_is_taken_for_it() -> None:
    one = change("msr", body("TAG_PUSH", None, tag="1.2"))
    assert (one.event_id, one.id_from, one.time_from) == (None, Known.RECEIVED, Known.RECEIVED)


@pytest.mark.parametrize(
    ("image", "host"),
    [("msr.example:443/foo/bar:1.2", "msr.example:443"), ("foo/bar:1.2", None), ("", None)],
    ids=["host", "none", "empty"],
)
def test_the_host_is_of_the_images_name(image: str, host: str | None) -> None:
    assert change("msr", body("TAG_PUSH", tag="1.2", imageName=image)).host == host


@pytest.mark.parametrize(
    ("of", "contents"),
    [
        ("TAG_PUSH", {"tag": ""}),
        ("MANIFEST_DELETE", {"digest": None}),
        ("TAG_PUSH", {"tag": "1.2", "namespace": ""}),
        ("REPO_DELETED", {"repository": None}),
    ],
    ids=["tag", "digest", "namespace", "repository"],
)
def test_without_what_decides_it_is_unreadable(of: str, contents: dict[str, Any]) -> None:
    with pytest.raises(UnreadableRequestError):
        found("msr", body(of, **contents))
