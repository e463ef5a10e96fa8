"""What operators see of registries that were compared, from what stands in the table."""

import json
from typing import Any

import asyncpg

from tests.consoles import running_console
from tests.status import status

RUN = """
INSERT INTO reconcile_runs (
    source, registry, started_at, finished_at, repositories, unrecorded, filled_in, error
) VALUES (
    $1, 'https://us:hunter2@registry.example', now() - $2::text::interval,
    now() - $3::text::interval, 7, $4, $5, $6
)
"""


async def reconciled(amqp_url: str, database_url: str) -> tuple[list[dict[str, Any]], str]:
    """What status has of each source, and the texts of its findings."""
    told = json.loads((await status(amqp_url, database_url, "-o", "json")).stdout)
    findings = " ".join(finding["text"] for finding in told["findings"])
    return told["database"]["reconciled"], findings if "reconcile" in findings else ""


async def test_the_last_run_of_each_source_is_shown(amqp_url: str, database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    assert await reconciled(amqp_url, database_url) == ([], "")
    for source, started, ended, found, filled_in, error in (
        ("default", "3 days", "2 days", 9, 0, "of before"),
        ("default", "2 h", "1 h", 4, 4, ""),
        ("lima", "90 min", "89 min", 4, 1, "the queue is full"),
        ("lima", "1 min", None, 0, 0, ""),
    ):
        await connection.execute(RUN, source, started, ended, found, filled_in, error)
    rows, findings = await reconciled(amqp_url, database_url)
    assert [(row["source"], row["drifts"], row["filled_in"]) for row in rows] == [
        ("default", 4, 4),
        ("lima", 4, 1),
    ]
    assert "reconcile of source lima left 3 tags that differ (the queue is full)" in findings
    assert "source default" not in findings
    assert "hunter2" not in findings
    async with running_console(amqp_url, database_url) as visitor:
        text = (await visitor.get("/")).text
    assert "reconcile default 1 h ago, 7 repositories: 4 tags differed, 4 filled in" in text
    assert "reconcile lima 1 h 29 min ago, 7 repositories: 4 tags differed, 1 filled in" in text
    assert "hunter2" not in text
    await connection.close()


async def test_a_run_that_was_killed_is_told_after_a_day(amqp_url: str, database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute(
        "INSERT INTO reconcile_runs (source, registry, started_at) "
        "VALUES ('lima', 'https://registry.example', now() - interval '2 days')"
    )
    await connection.close()
    _, findings = await reconciled(amqp_url, database_url)
    assert "reconcile of source lima began 2 d ago and did not end" in findings
