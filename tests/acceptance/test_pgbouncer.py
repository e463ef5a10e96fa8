"""Everything that asks the database works behind PgBouncer, which lends a session a transaction."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from console.local.servers.postgres import Postgres
from shared.amqp.topology import DEAD_QUEUE
from tests.acceptance.test_geo_follow import following, has, ids
from tests.factories import make_event
from tests.pgbouncer import PgBouncer
from tests.processes import Processes, post_all, run, variables, waiting
from tests.programs import PGBOUNCER, needed

EVENTS, PULLS = 1_500, 300
# As the README says.
SETTINGS = variables(database_statement_cache_size=0, pulls=True)
PULLED = "SELECT sum(manifest_gets + manifest_heads)::int FROM pull_counts"
COMMANDS = (
    "migrate",
    "maintain",
    "status",
    "report",
    "config check --connect",
    "events search",
    "dead-letters history",
    "geo sites show lima",
    "pulls",
)


@pytest.fixture
def pgbouncer(postgres: Postgres, tmp_path: Path) -> Iterator[PgBouncer]:
    needed(PGBOUNCER)
    with PgBouncer(tmp_path, postgres) as server:
        yield server


@pytest.fixture
def pooled(
    processes: Processes, pgbouncer: PgBouncer, empty_database_url: str
) -> tuple[Processes, Processes]:
    """What reaches the empty database through PgBouncer, and what does not."""
    direct = replace(processes, database_url=empty_database_url)
    url = pgbouncer.url(empty_database_url.rpartition("/")[2])
    return replace(processes, database_url=url), direct


async def test_all_behind_pgbouncer(
    pooled: tuple[Processes, Processes],
    pgbouncer: PgBouncer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    behind, direct = pooled
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)

    async def answers(command: str) -> None:
        done = await asyncio.to_thread(run, *command.split(), **behind.environment)
        # 3: nothing matched, of which there is no day and no operation yet.
        assert done.returncode in {0, 3}, command + done.stdout + done.stderr

    await answers("migrate")
    ingest = behind.ingest()
    # More sessions than connections.
    behind.workers(3)
    events = [make_event("push", f"team/app-{number % 99}") for number in range(EVENTS)]
    pulls = [make_event("pull", f"team/app-{number % 9}") for number in range(PULLS)]
    async with direct.pipeline(ingest) as pipeline, following(behind, tmp_path / "lines"):
        await post_all(pipeline, [*events[:500], *pulls])
        # Who is away for a moment is waited for.
        pgbouncer.kill()
        await post_all(pipeline, events[500:1_000])
        pgbouncer.start()
        await has(tmp_path / "lines", 1)
        await asyncio.gather(
            post_all(pipeline, events[1_000:]), *(answers(command) for command in COMMANDS)
        )
        rows = await pipeline.settled(EVENTS)
        await has(tmp_path / "lines", EVENTS)
        assert {row["event_id"] for row in rows} == {event["id"] for event in events}
        assert ids(tmp_path / "lines") == list(range(1, EVENTS + 1))
        assert await pipeline.database.fetchval(PULLED) == PULLS
    assert await waiting(behind.amqp_url, DEAD_QUEUE) == 0
