"""Which settings of a broker are warned of, by what its management API says."""

from typing import Any

import pytest

from console.commands.config.broker_advice import of_consumers, of_nodes, of_queues

GOOD = {"name": "rabbit@a", "running": True, "disk_free_limit": 2 * 10**9, "partitions": []}

LOW = "node rabbit@a goes on until 50 MB of its disk are left; set disk_free_limit.absolute to 2GB"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, []),
        ({"running": False}, ["node rabbit@a is down"]),
        ({"partitions": ["rabbit@b"]}, ["node rabbit@a does not see rabbit@b"]),
        ({"mem_alarm": True}, ["node rabbit@a is short of memory: it takes nothing from anybody"]),
        ({"disk_free_limit": "disk_free_monitoring_disabled"}, []),
        (
            {"disk_free_limit": 50_000_000},
            [LOW],
        ),
    ],
)
def test_of_a_node(change: dict[str, Any], said: list[str]) -> None:
    assert list(of_nodes([{**GOOD, **change}])) == said


def test_a_queue_on_one_of_three_nodes_is_named() -> None:
    queues = [
        {"name": "registry.events", "members": ["a"]},
        {"name": "registry.events.dead", "members": ["a", "b", "c"]},
        {"name": "another", "members": ["a"]},
        {"name": "registry.eventsandmore", "members": ["a"]},
    ]
    assert list(of_queues(queues, 3)) == [
        "queue registry.events is on one of 3 nodes alone: add members to it"
    ]
    assert list(of_queues(queues, 1)) == []


def test_how_long_a_worker_may_hold_events_is_named_where_it_is_short() -> None:
    limits: list[tuple[str, object]] = [
        ("registry.events", 1_800_000),
        ("registry.events", 21_600_000),
        ("registry.events.2", 60_000),
        ("registry.events.dead", 21_600_000),
        ("registry.events.pulls", "infinity"),
        ("another", 1_000),
    ]
    consumers = [{"queue": {"name": name}, "consumer_timeout": limit} for name, limit in limits]
    # RabbitMQ 3.10 does not tell.
    consumers.append({"queue": {"name": "registry.events.3"}})
    found = [one.partition("; set")[0] for one in of_consumers(consumers)]
    assert found == [
        f"queue {name}: while the database is away its events are taken from the workers each {n}"
        for name, n in (("registry.events", "30 minutes"), ("registry.events.2", "1 minutes"))
    ]
