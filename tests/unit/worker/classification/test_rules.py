"""The two rules on their own: neither needs the other, nor a database."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from shared.event import Event
from shared.origin import Origin
from tests.factories import LAYER, MANIFEST, make_event
from worker.classification.geo import is_geo_event
from worker.classification.tracking import tracking_action

OCI_INDEX = "application/vnd.oci.image.index.v1+json"


def event(action: str, *, kind: str = "", **target: Any) -> Event:
    parsed = Event.parse(json.dumps(make_event(action, target=target)))
    return replace(parsed, origin=Origin("harbor", "harbor", kind)) if kind else parsed


@pytest.mark.parametrize(
    ("action", "tag", "existed", "expected"),
    [
        ("push", "v1", False, "push_tag"),
        ("push", "v1", True, "push_tag"),
        ("push", "", False, "create_repository"),
        ("push", "", True, "push_repository"),
        ("delete", "v1", False, "delete_tag"),
        ("delete", "", False, "delete_repository"),
        ("pull", "v1", True, None),
        ("rename", "", True, None),
    ],
)
def test_tracking_action(action: str, tag: str, expected: str | None, *, existed: bool) -> None:
    assert tracking_action(event(action, tag=tag), repository_existed=existed) == expected


@pytest.mark.parametrize(
    ("action", "target", "has_row", "expected"),
    [
        ("push", {"mediaType": MANIFEST}, True, True),
        ("push", {"mediaType": MANIFEST}, False, False),
        ("push", {"mediaType": OCI_INDEX}, True, True),
        ("push", {"mediaType": LAYER}, True, False),
        ("push", {"mediaType": LAYER, "tag": "v1"}, True, True),
        ("delete", {"mediaType": ""}, True, False),
        ("delete", {"mediaType": "", "tag": "v1"}, True, True),
        ("delete", {"mediaType": None, "tag": ""}, True, False),
        ("pull", {"mediaType": MANIFEST, "tag": "v1"}, True, False),
    ],
)
def test_geo_event(action: str, target: dict[str, Any], *, has_row: bool, expected: bool) -> None:
    assert is_geo_event(event(action, **target), repository_has_row=has_row) is expected


def test_a_rename_is_a_geo_event_of_a_row_if_it_says_where_to() -> None:
    rename = event("rename", rename={"from": "team/app", "to": "team/new"})
    assert is_geo_event(rename, repository_has_row=True)
    assert not is_geo_event(rename, repository_has_row=False)
    assert not is_geo_event(event("rename"), repository_has_row=True)


@pytest.mark.parametrize(
    ("kind", "target", "expected"),
    [
        ("manifest", {"mediaType": None}, True),
        ("manifest", {"mediaType": LAYER}, True),
        ("tag", {"mediaType": None, "tag": "v1"}, True),
        ("tag", {"mediaType": None}, True),
        ("repository", {"mediaType": None}, True),
        ("blob", {"mediaType": MANIFEST}, False),
        ("blob", {"mediaType": LAYER, "tag": "v1"}, False),
        ("of a later version", {"mediaType": MANIFEST}, True),
        ("of a later version", {"mediaType": LAYER}, False),
    ],
)
@pytest.mark.parametrize("action", ["push", "delete"])
def test_what_changed_is_believed_whatever_the_media_type(
    action: str, kind: str, target: dict[str, Any], *, expected: bool
) -> None:
    changed = event(action, kind=kind, **target)
    assert is_geo_event(changed, repository_has_row=True) is expected
    assert not is_geo_event(changed, repository_has_row=False)
    assert not is_geo_event(event("pull", kind=kind, **target), repository_has_row=True)


@pytest.mark.parametrize(
    ("kind", "action", "tag", "expected"),
    [
        ("manifest", "delete", "", "delete_repository"),
        ("manifest", "delete", "v1", "delete_tag"),
        ("tag", "delete", "v1", "delete_tag"),
        ("tag", "push", "v1", "push_tag"),
        ("repository", "delete", "", "delete_repository"),
        ("repository", "delete", "v1", "delete_repository"),
        ("repository", "push", "v1", "push_repository"),
        ("repository", "pull", "v1", None),
    ],
)
def test_a_tag_counts_unless_a_whole_repository_changed(
    kind: str, action: str, tag: str, expected: str | None
) -> None:
    changed = event(action, kind=kind, tag=tag)
    assert tracking_action(changed, repository_existed=True) == expected
