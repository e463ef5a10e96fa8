"""Quay says no id, no time and no event's name; what it does say is in `updated_tags`."""

from typing import Any

import pytest

from ingest.registries.adapter import Change, Ignored, Known, Unreadable, UnreadableRequestError
from tests.unit.ingest.registries.sending import change, found, sent

PUSH = {
    "repository": "shop/cart",
    "namespace": "shop",
    "name": "cart",
    "docker_url": "quay.example:8443/shop/cart",
    "updated_tags": ["latest"],
}


def tags(updated: Any) -> list[Any]:
    request = sent(PUSH | {"updated_tags": updated})
    return [one.tag if isinstance(one, Change) else one for one in found("quay", request)]


@pytest.mark.parametrize(
    "updated",
    [["1.0", "latest"], {"1.0": "an-image", "latest": "another"}, ["1.0", "latest", "1.0"]],
    ids=["list", "map", "one-twice"],
)
def test_each_tag_is_a_push(updated: Any) -> None:
    assert tags(updated) == ["1.0", "latest"]


def test_a_broken_tag_does_not_lose_the_others() -> None:
    assert tags(["1.0", 7, "", "sha256:12", "latest"]) == [
        "1.0",
        Unreadable("one of the tags is not a text"),
        Unreadable("one of the tags is not a text"),
        Unreadable("one of the tags is a digest"),
        "latest",
    ]


@pytest.mark.parametrize("updated", [None, [], {}], ids=["none", "empty-list", "empty-map"])
def test_without_tags_it_is_no_push(updated: Any) -> None:
    assert tags(updated) == [Ignored("no updated_tags: not repo_push")]


def test_id_and_time_are_those_of_the_receipt() -> None:
    push = change("quay", sent(PUSH))
    assert (push.event_id, push.id_from) == (None, Known.RECEIVED)
    assert (push.occurred_at, push.time_from) == (None, Known.RECEIVED)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("quay.example:8443/shop/cart", "quay.example:8443"),
        ("quay.example/other/name", "quay.example"),
        ("", None),
        (None, None),
    ],
    ids=["port", "another-name", "empty", "missing"],
)
def test_the_host_is_what_stands_before_the_name(url: str | None, host: str | None) -> None:
    assert change("quay", sent(PUSH | {"docker_url": url})).host == host


def test_a_template_may_leave_out_the_repository_but_not_its_parts() -> None:
    parts = {name: PUSH[name] for name in ("namespace", "name", "updated_tags")}
    assert change("quay", sent(parts)).repository == "shop/cart"


@pytest.mark.parametrize("part", [{}, {"namespace": "shop"}, {"name": "cart"}], ids=str)
def test_a_push_of_no_repository_is_unreadable(part: dict[str, str]) -> None:
    with pytest.raises(UnreadableRequestError, match="has no repository"):
        found("quay", sent({"updated_tags": ["latest"], **part}))
