import json
from typing import Any

from shared.event import Event
from tests.factories import make_event
from worker.verdicts import Catalogue, created, first_pushes, judge, once_each


def events(*given: dict[str, Any]) -> list[Event]:
    return [Event.parse(json.dumps(one)) for one in given]


CATALOGUE = Catalogue({("default", "a/b"): 7, ("default", "a/c"): 8}, frozenset({7}))


def test_every_event_has_the_row_whatever_its_place() -> None:
    batch = events(
        make_event("delete", "a/b", target={"tag": "v1"}),
        make_event("push", "a/b", target={"tag": "v1"}),
        make_event("push", "a/b"),
    )
    verdicts = judge(batch, CATALOGUE)
    assert [verdict.tracking_action for verdict in verdicts] == [
        "delete_tag",
        "push_tag",
        "push_repository",
    ]
    assert [verdict.container_repository_id for verdict in verdicts] == [7, 7, 7]
    assert [verdict.geo for verdict in verdicts] == [True, True, True]


def test_only_the_first_untagged_push_to_a_pending_repository_creates() -> None:
    batch = events(
        make_event("delete", "a/b"),
        make_event("push", "a/b", target={"tag": "v1"}),
        make_event("push", "a/c"),
        make_event("push", "a/b"),
        make_event("push", "a/b"),
    )
    verdicts = judge(batch, CATALOGUE)
    first = first_pushes(verdicts, CATALOGUE.pending)
    assert {row: verdict.event.id for row, verdict in first.items()} == {7: batch[3].id}
    assert [verdict.tracking_action for verdict in created(verdicts, {batch[3].id})] == [
        "delete_repository",
        "push_tag",
        "push_repository",
        "create_repository",
        "push_repository",
    ]


def test_an_event_that_comes_twice_counts_once_and_the_first_copy_counts() -> None:
    event, pull = make_event(target={"tag": "v1"}), make_event("pull")
    batch = events(event, {**event, "actor": {"name": "mallory"}}, pull)
    (kept,), (repeated,) = once_each(judge(batch, CATALOGUE))
    assert (kept.event, repeated.event) == (batch[0], batch[1])
