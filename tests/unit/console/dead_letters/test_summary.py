import json
from datetime import UTC, datetime, timedelta
from typing import Any

from console.dead_letters import summary
from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.summary import Summary
from shared.origin import Origin
from tests.factories import make_event
from tests.unit.console.dead_letters.letters import make_dead_letter

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def died(minutes: float, repository: str = "team/app", **story: Any) -> DeadLetter:
    body = json.dumps(make_event(repository=repository))
    moment = NOW - timedelta(minutes=minutes)
    return make_dead_letter(body, failed_at=moment.isoformat(), **story)


def test_groups_by_cause_the_largest_first() -> None:
    counted = Summary(NOW)
    for dead_letter in (
        died(1, error="other"),
        died(200, error="no 1"),
        died(4, "team/b", error="no 2"),
        died(6, error="no 3"),
    ):
        counted.add(dead_letter)
    large, small = counted.groups
    assert (large.count, large.recent, small.count, small.recent) == (3, 1, 1, 1)
    assert large.top_repository == ("team/app", 2)
    assert large.oldest == NOW - timedelta(minutes=200)
    assert large.newest == NOW - timedelta(minutes=4)
    assert (counted.total.count, counted.total.recent) == (4, 2)
    document = counted.document()
    assert document["groups"][0]["error"] == "RaiseError: no *"
    assert document["newest"] == "2026-03-01T11:59:00+00:00"


def test_a_group_says_which_sources_it_is_of() -> None:
    counted = Summary(NOW)
    counted.add(died(1))
    assert not counted.total.has_sources
    assert counted.document()["groups"][0]["sources"] == {"default": 1}
    for name in ("b", "b", "lab", "prod", "eyJub25lIn0.e30.x"):
        counted.add(died(1, headers=Origin(name, "harbor").headers))
    (group,) = counted.groups
    assert counted.total.has_sources
    assert group.source == "b, default, lab and 2 more"
    assert counted.document()["groups"][0]["sources"] == {
        "default": 1,
        "b": 2,
        "lab": 1,
        "prod": 1,
        "****": 1,
    }


def test_hostile_sources_are_bounded() -> None:
    counted = Summary(NOW)
    for number in range(150):
        counted.add(died(1, headers=Origin(f"s{number}", "harbor").headers))
    assert len(counted.total.sources) == 100


def test_what_has_no_time_or_repository_counts_too() -> None:
    counted = Summary(NOW)
    counted.add(make_dead_letter("no JSON", failed_at="nonsense"))
    (group,) = counted.groups
    assert (group.count, group.oldest, group.top_repository) == (1, None, None)


def test_hostile_variety_is_bounded() -> None:
    counted = Summary(NOW)
    names = [chr(ord("a") + number % 26) * (1 + number // 26 % 60) for number in range(1560)]
    for prefix in ("x", "y"):
        for name in names:
            counted.add(died(1, f"r/{prefix}{name}", error=f"{prefix}{name}"))
    groups = counted.groups
    assert len(groups) == 2001
    assert groups[0].cause == summary.OTHER
    assert sum(group.count for group in groups) == counted.total.count == 3120
    assert len(counted.total.repositories) == 1000


def test_an_absurd_clock_is_neither_the_oldest_nor_the_newest() -> None:
    counted = Summary(NOW)
    counted.add(died(4))
    for moment in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        counted.add(make_dead_letter(failed_at=moment))
    assert counted.total.count == 3
    assert counted.total.oldest == counted.total.newest == NOW - timedelta(minutes=4)
