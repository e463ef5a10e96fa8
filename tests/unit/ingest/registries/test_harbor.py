"""What Harbor says of an artifact, in each of its formats and versions."""

from typing import Any

import pytest

from ingest.registries.adapter import Change, Ignored, Kind, Known, UnreadableRequestError
from tests.unit.ingest.registries.sending import change, found, sent

DIGEST, OTHER = (f"sha256:{digit * 64}" for digit in "ab")
TAGGED = {"digest": DIGEST, "tag": "1.0", "resource_url": "harbor.example/library/app:1.0"}
REPOSITORY = {"name": "app", "namespace": "library", "repo_full_name": "library/app"}


def body(name: str = "PUSH_ARTIFACT", *resources: Any, **more: Any) -> dict[str, Any]:
    data = {"resources": resources or [TAGGED], "repository": REPOSITORY}
    return {"type": name, "occur_at": 1772614530, "operator": "alice", "event_data": data} | more


def cloud_event(name: str, *resources: Any) -> dict[str, Any]:
    old = body(name, *resources)
    return {"specversion": "1.0", "id": "7", "type": name, "data": old["event_data"]}


def changes(told: Any, headers: dict[str, str] | None = None) -> list[Change]:
    return [one for one in found("harbor", sent(told, headers)) if isinstance(one, Change)]


@pytest.mark.parametrize(
    ("name", "action"),
    [("pushImage", "push"), ("pullImage", "pull"), ("PULL_ARTIFACT", "pull")],
)
def test_harbor_1_has_names_of_its_own(name: str, action: str) -> None:
    assert change("harbor", sent(body(name))).action == action


@pytest.mark.parametrize("name", ["DELETE_ARTIFACT", "deleteImage"])
def test_a_delete_is_of_the_manifest_and_of_its_first_tag(name: str) -> None:
    manifest, tag = changes(body(name))
    assert (manifest.kind, manifest.digest, manifest.tag) == (Kind.MANIFEST, DIGEST, None)
    assert (tag.kind, tag.digest, tag.tag) == (Kind.TAG, None, "1.0")


def test_the_deletes_of_a_cloud_event_have_ids_of_their_own() -> None:
    told = changes(cloud_event("harbor.artifact.deleted"))
    assert [one.event_id for one in told] == ["7/manifest", "7/tag"]


def test_ids_of_several_artifacts_do_not_depend_on_their_order() -> None:
    two = [TAGGED, TAGGED | {"tag": OTHER, "digest": OTHER}]
    ids = {
        tuple(sorted(str(one.event_id) for one in changes(told)))
        for told in (
            cloud_event("harbor.artifact.pushed", *two),
            cloud_event("harbor.artifact.pushed", *reversed(two)),
        )
    }
    assert ids == {("7/1.0", f"7/{OTHER}")}


def test_an_artifact_that_cannot_be_read_does_not_lose_the_others() -> None:
    told = found("harbor", sent(body("PUSH_ARTIFACT", {"digest": 7}, TAGGED)))
    assert [type(one).__name__ for one in told] == ["Unreadable", "Change"]


def test_binary_mode_is_the_same_event() -> None:
    structured = cloud_event("harbor.artifact.pushed") | {"operator": "alice"}
    headers = {"ce-id": "7", "ce-type": "harbor.artifact.pushed", "ce-operator": "alice"}
    assert changes(structured["data"], headers) == changes(structured)


def test_headers_of_binary_mode_may_be_percent_encoded() -> None:
    headers = {"ce-type": "harbor.artifact.pushed", "ce-operator": "J%C3%BCrgen%20K"}
    (told,) = changes(cloud_event("harbor.artifact.pushed")["data"], headers)
    assert told.actor == "J\u00fcrgen K"


def test_without_a_time_the_next_push_of_a_tag_is_another_one() -> None:
    told = change("harbor", sent(body(occur_at=None)))
    assert (told.event_id, told.id_from, told.time_from) == (None, Known.RECEIVED, Known.RECEIVED)


def test_a_repository_without_its_full_name_is_put_together() -> None:
    data = {"resources": [TAGGED], "repository": {"name": "a/b", "namespace": "library"}}
    assert change("harbor", sent(body(event_data=data))).repository == "library/a/b"


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("QUOTA_EXCEED", "quota"),
        ("harbor.quota.warned", "quota"),
        ("scanningCompleted", "scan result"),
        ("harbor.scan.stopped", "scan result"),
        ("TAG_RETENTION", "TAG_RETENTION"),
        ("harbor.tag_retention.finished", "TAG_RETENTION"),
        ("harbor.replication.status.changed", "REPLICATION"),
        ("UPLOAD_CHART", "legacy Helm"),
        ("deleteChart", "legacy Helm"),
        ("SOMETHING_NEW", "a type of event"),
    ],
)
def test_what_is_no_change_is_ignored(name: str, begins: str) -> None:
    (told,) = found("harbor", sent({"type": name}))
    assert isinstance(told, Ignored)
    assert told.reason.startswith(begins)


@pytest.mark.parametrize(
    "more",
    [{"type": None}, {"event_data": {}}, {"event_data": {"resources": [TAGGED]}}, {"operator": 1}],
    ids=["no-type", "no-resources", "no-repository", "operator-a-number"],
)
def test_a_change_that_cannot_be_read_is_said_to_be_so(more: dict[str, Any]) -> None:
    with pytest.raises(UnreadableRequestError):
        found("harbor", sent(body(**more)))


@pytest.mark.parametrize("moment", [10**15, -(10**15)], ids=["far-off", "long-ago"])
def test_a_time_that_is_none_is_unreadable(moment: int) -> None:
    with pytest.raises(UnreadableRequestError, match="occur_at"):
        found("harbor", sent(body(occur_at=moment)))
