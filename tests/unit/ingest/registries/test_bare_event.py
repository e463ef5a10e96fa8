"""One event of Distribution's without its envelope, by itself or inside Event Grid's."""

from typing import Any

import pytest

from ingest.registries import REGISTRIES
from ingest.registries.adapter import Change, Ignored, Kind, Unreadable, UnreadableRequestError
from tests.unit.ingest.registries.sending import change, found, sent

DIGEST = f"sha256:{'a' * 64}"
TYPE = "Microsoft.ContainerRegistry."


def bare(action: str = "push", **target: Any) -> dict[str, Any]:
    told = {"repository": "hello/world", "digest": DIGEST} | target
    return {"id": "1", "timestamp": "2026-03-04T16:52:01Z", "action": action, "target": told}


def grid(name: str = "ImagePushed", **more: Any) -> dict[str, Any]:
    told = {"id": "outer", "eventTime": "2026-03-05T00:00:00Z", "data": bare()}
    return {"eventType": f"{TYPE}{name}"} | told | more


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (bare("delete"), Kind.MANIFEST),
        (bare("delete", digest="", tag="v1"), Kind.TAG),
        (bare("delete", digest=None), Kind.REPOSITORY),
        (bare(mediaType="application/octet-stream"), Kind.BLOB),
        (bare(mediaType="application/vnd.oci.image.index.v1+json"), Kind.MANIFEST),
        (bare("pull", tag="v1"), Kind.MANIFEST),
    ],
    ids=["manifest", "tag", "repository", "blob", "index", "pull"],
)
@pytest.mark.parametrize("registry", ["acr", "portus"])
def test_what_changed(registry: str, event: Any, kind: Kind) -> None:
    assert change(registry, sent(event)).kind is kind


def test_a_delete_of_a_manifest_is_not_of_the_tag_beside_it() -> None:
    assert change("acr", sent(bare("delete", tag="v1"))).tag is None


def test_a_digest_is_no_tag() -> None:
    assert change("acr", sent(bare(tag=DIGEST))).tag is None


@pytest.mark.parametrize("action", ["chart_delete", "quarantine", "something"])
def test_an_action_that_is_no_change_is_ignored(action: str) -> None:
    (told,) = found("acr", sent({"action": action, "target": 7}))
    assert isinstance(told, Ignored)


@pytest.mark.parametrize(
    "event",
    [bare(repository=""), {"id": "1"}, bare() | {"target": []}, {"events": [bare()]}],
    ids=["no-repository", "no-action", "target-a-list", "an-envelope"],
)
@pytest.mark.parametrize("registry", ["acr", "portus"])
def test_a_change_that_cannot_be_read_is_said_to_be_so(registry: str, event: Any) -> None:
    with pytest.raises(UnreadableRequestError):
        found(registry, sent(event))


def test_event_grid_stands_in_where_the_event_has_no_id_or_time() -> None:
    told = change("acr-eventgrid", sent(grid(data=bare() | {"id": None, "timestamp": ""})))
    assert (told.event_id, told.occurred_at) == ("outer", "2026-03-05T00:00:00Z")
    assert change("acr-eventgrid", sent(grid())).event_id == "1"


def test_event_grid_decides_what_happened_by_its_type() -> None:
    told = change("acr-eventgrid", sent(grid("ImageDeleted", data=bare("") | {"action": None})))
    assert told.action == "delete"


def test_a_broken_one_of_several_does_not_lose_the_others() -> None:
    cloud = {"specversion": "1.0", "id": "o", "type": f"{TYPE}ImagePushed", "data": bare()}
    told = found("acr-eventgrid", sent([grid(data=7), cloud, grid("ChartPushed")]))
    assert [type(one) for one in told] == [Unreadable, Change, Ignored]


def test_only_a_validation_is_answered() -> None:
    answer = REGISTRIES["acr-eventgrid"].answer
    asked = grid(data={"validationCode": "42"})
    asked["eventType"] = "Microsoft.EventGrid.SubscriptionValidationEvent"
    assert answer(sent([asked])) == {"validationResponse": "42"}
    assert answer(sent([grid(data={"validationCode": "42"})])) is None
    assert answer(sent([asked | {"data": {}}])) is None
    assert answer(sent(b"\xff")) is None
