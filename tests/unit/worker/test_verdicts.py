import json
from typing import Any

from shared.event import Event
from tests.factories import make_event
from worker.verdicts import Catalogue, judge, once_each


def events(*given: dict[str, Any]) -> list[Event]:
    return [Event.parse(json.dumps(one)) for one in given]


def test_only_the_first_push_of_a_batch_creates() -> None:
    batch = events(
        make_event("delete", "a/b"), make_event("push", "a/b"), make_event("push", "a/b")
    )
    verdicts = judge(batch, Catalogue({"a/b": 7}, frozenset({"a/b"})))
    assert [verdict.tracking_action for verdict in verdicts] == [
        "delete_repository",
        "create_repository",
        "push_repository",
    ]
    assert [verdict.container_repository_id for verdict in verdicts] == [None, 7, 7]


def test_a_tagged_first_push_creates_the_row_but_is_a_push_of_a_tag() -> None:
    batch = events(make_event("push", "a/b", target={"tag": "v1"}), make_event("push", "a/b"))
    verdicts = judge(batch, Catalogue({"a/b": 7}, frozenset({"a/b"})))
    assert [verdict.tracking_action for verdict in verdicts] == ["push_tag", "push_repository"]
    assert [verdict.geo for verdict in verdicts] == [True, True]


def test_an_event_that_comes_twice_counts_once_and_the_first_copy_counts() -> None:
    first, again = make_event(target={"tag": "v1"}), make_event("pull")
    again["id"] = make_event()["id"]
    batch = events(first, {**first, "actor": {"name": "mallory"}}, again)
    (kept,) = once_each(batch)
    assert kept.actor
    assert kept.actor.name == "alice"
