"""The two rules on their own: neither needs the other, nor a database."""

import json
from typing import Any

import pytest

from shared.event import Event
from tests.factories import LAYER, MANIFEST, make_event
from worker.classification.geo import is_geo_event
from worker.classification.tracking import tracking_action

OCI_INDEX = "application/vnd.oci.image.index.v1+json"


def event(action: str, **target: Any) -> Event:
    return Event.parse(json.dumps(make_event(action, target=target)))


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
