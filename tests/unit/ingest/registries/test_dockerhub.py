"""Docker Hub's id is made of what its repeated calls have in common."""

from typing import Any

import pytest

from ingest.registries.adapter import Change, Known, UnreadableRequestError
from tests.unit.ingest.registries.sending import change, found, sent

PUSH = {"pushed_at": 1772614530, "pusher": "frank", "tag": "develop", "images": []}
REPOSITORY = {"repo_name": "acme/widget", "namespace": "acme", "name": "widget"}


def push(**changes: Any) -> Change:
    return change("dockerhub", sent({"push_data": PUSH | changes, "repository": REPOSITORY}))


def test_repeated_calls_are_one_event() -> None:
    calls = [push(), push(images=None), push(images=["a"]), push(pushed_at=1772614530.7)]
    assert len({one.event_id for one in calls}) == 1


@pytest.mark.parametrize(
    "changes", [{"pushed_at": 1772614531}, {"tag": "other"}, {"pusher": "iris"}], ids=str
)
def test_another_push_is_another_event(changes: dict[str, Any]) -> None:
    assert push(**changes).event_id != push().event_id


def test_old_bodies_have_a_point_in_the_time_and_no_tag() -> None:
    one = push(pushed_at=1.417566161e09, tag=None)
    assert (one.occurred_at, one.tag) == ("2014-12-03T00:22:41+00:00", None)
    assert (one.id_from, one.time_from) == (Known.DERIVED, Known.NATIVE)


def test_nobody_is_no_actor() -> None:
    assert push(pusher="").actor is None


def test_without_a_time_no_later_push_is_taken_for_it() -> None:
    one = push(pushed_at=None)
    assert (one.event_id, one.id_from) == (None, Known.RECEIVED)
    assert (one.occurred_at, one.time_from) == (None, Known.RECEIVED)


@pytest.mark.parametrize("when", [10**12, -(10**14), 1e300, 10**30], ids=str)
def test_a_time_out_of_range_is_unreadable(when: float) -> None:
    with pytest.raises(UnreadableRequestError, match="out of range"):
        push(pushed_at=when)


def test_the_name_may_be_in_its_parts_only() -> None:
    parts = {"repo_name": None, "namespace": "acme", "name": "widget"}
    body = {"push_data": PUSH, "repository": parts}
    assert change("dockerhub", sent(body)).repository == "acme/widget"
    with pytest.raises(UnreadableRequestError, match="repository"):
        found("dockerhub", sent(body | {"repository": {"namespace": "acme"}}))


@pytest.mark.parametrize("missing", ["push_data", "repository"])
def test_half_a_body_is_unreadable(missing: str) -> None:
    body = {"push_data": PUSH, "repository": REPOSITORY}
    with pytest.raises(UnreadableRequestError, match=missing):
        found("dockerhub", sent({name: of for name, of in body.items() if name != missing}))
