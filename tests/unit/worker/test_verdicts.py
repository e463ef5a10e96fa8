import json
from collections.abc import Sequence
from typing import Any

import pytest

from shared.event import Event
from tests.factories import make_event
from worker.verdicts import (
    Catalogue,
    astray,
    created,
    creation,
    event_key,
    first_pushes,
    judge,
    once_each,
)


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
    assert [verdict.tracking_action for verdict in created(verdicts, {event_key(batch[3])})] == [
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


def test_only_what_has_no_row_or_is_older_than_a_rename_may_be_elsewhere() -> None:
    old, then, new, nowhere = events(
        make_event(repository="a/b", timestamp="2026-11-28T12:00:00Z"),
        make_event(repository="a/b", timestamp="2026-11-28T12:00:01Z"),
        make_event(repository="a/b", timestamp="2026-11-28T12:00:02Z"),
        make_event(repository="a/d"),
    )
    key = ("default", "a/b")
    renamed = Catalogue(CATALOGUE.ids, since={key: then.timestamp})
    moments = {(key, old.timestamp), (key, then.timestamp)}
    assert astray([old, then, new], CATALOGUE) == set()
    assert astray([old, then, new], renamed) == moments
    assert astray([nowhere], renamed) == {(("default", "a/d"), nowhere.timestamp)}
    moved = renamed | Catalogue({}, moved=dict.fromkeys(moments, ("default", "a/c")))
    assert [moved.row(one) for one in (old, then, new, nowhere)] == [8, 8, 7, None]


@pytest.mark.parametrize(
    ("claims", "order", "expected"),
    [
        (["1"], ["1"], ("1", [])),
        (["1", "2"], ["2", "1"], ("2", ["1"])),
        (["1", None], ["1"], (None, ["1"])),
        ([None, None], [], (None, [])),
        (["1"], [], (None, [])),
    ],
    ids=["one", "the-first-of-two", "there-before", "both-there-before", "forgotten"],
)
def test_of_two_rows_that_become_one_there_is_one_creation(
    claims: Sequence[str | None], order: Sequence[str], expected: tuple[str | None, Sequence[str]]
) -> None:
    assert creation(claims, order) == expected
