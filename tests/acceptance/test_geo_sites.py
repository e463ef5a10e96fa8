"""The sites as an operator sees and keeps them."""

import hashlib
import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from geo.following.journal import Due, Repository
from shared.database import Pool
from shared.partitions.retention import Retention
from tests.acceptance.test_events_commands import told
from tests.integration.test_retention import DAY, LATER
from tests.partitions import kept_up
from tests.processes import Processes
from tests.sites import journal, opened, record

HOSTILE = "\u202eevil\x1b[2J\x9b31m"
CAUSE = f"{HOSTILE} https://us:hunter2@registry.example refuses"


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    async with opened(database_url) as made:
        yield made


async def of(processes: Processes, *arguments: str) -> Any:
    done = await told(processes, "geo", "sites", *arguments, "-o", "json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


async def failing(pool: Pool) -> None:
    """At the site lima `b` has failed and waits for an hour; `a` is still to be made equal."""
    await record(pool, "a", "b", "c")
    lima = journal(pool)
    await lima.cursor()
    due = [Due(Repository("default", path), 2, 0) for path in ("a", "b")]
    await lima.advance(0, 2, due)
    await lima.claim(2, timedelta(0))
    await lima.failed(due[1], CAUSE, timedelta(hours=1))


async def test_how_far_a_site_is(processes: Processes, pool: Pool) -> None:
    await failing(pool)
    (site,) = (await of(processes))["sites"]
    assert (site["name"], site["cursor"], site["lag_events"]) == ("lima", 2, 1)
    assert 0 <= site["lag_seconds"] < 600
    assert (site["pending"], site["failing"], site["has_token"]) == (2, 1, False)
    shown = await of(processes, "show", "lima")
    (one,) = shown["failing_repositories"]
    assert (one["repository"], one["attempts"], one["cause"]) == ("b", 1, CAUSE)
    table = (await told(processes, "geo", "sites", "show", "lima")).stdout
    assert re.search(r"in 5\d min", table)
    assert "1 change, the first of them since" in table


async def test_what_is_hostile_is_shown_and_does_nothing(processes: Processes, pool: Pool) -> None:
    await failing(pool)
    await journal(pool).stuck(CAUSE)
    await pool.execute("UPDATE geo_sites SET error_at = now() + interval '1 s'")
    await pool.execute("INSERT INTO geo_sites (name, cursor) VALUES ($1, 0)", HOSTILE)
    for arguments in (("-o", "wide"), ("-o", "json"), ("show", "lima"), ("show", HOSTILE)):
        done = await told(processes, "geo", "sites", *arguments)
        assert done.returncode == 0, done.stderr
        assert not {"\x1b", "\x9b", "\u202e"} & set(done.stdout)
        assert "evil" in done.stdout
        assert "json" in arguments or "hunter2" not in done.stdout


async def test_a_site_that_came_too_late_is_told(processes: Processes, pool: Pool) -> None:
    await record(pool, "a")
    await kept_up(pool, Retention(geo=60 * DAY), now=LATER)
    await journal(pool).cursor()
    table = (await told(processes, "geo", "sites")).stdout
    assert "retention has dropped what comes next" in table
    follow = await told(processes, "geo", "follow", "--site", "lima", "--once")
    assert follow.returncode == 1
    assert "geo sites remove lima" in follow.stderr.splitlines()[-1]


async def test_the_token_is_shown_once_and_kept_as_a_digest(
    processes: Processes, pool: Pool
) -> None:
    async def digest() -> bytes:
        kept: bytes = await pool.fetchval("SELECT token_hash FROM geo_sites")
        return kept

    added = await told(processes, "geo", "sites", "add", "lima")
    first = added.stdout.strip()
    assert len(first) >= 43
    assert hashlib.sha256(first.encode()).digest() == await digest()
    again = await told(processes, "geo", "sites", "add", "lima")
    assert (again.returncode, again.stdout) == (1, "")
    renewed = await told(processes, "geo", "sites", "add", "lima", "--new-token")
    assert renewed.stdout.strip() != first
    assert hashlib.sha256(renewed.stdout.strip().encode()).digest() == await digest()
    nobody = await told(processes, "geo", "sites", "add", "oslo", "--new-token")
    assert (nobody.returncode, nobody.stdout) == (3, "")


async def test_what_fails_is_due_now(processes: Processes, pool: Pool) -> None:
    await failing(pool)
    done = await told(processes, "geo", "sites", "retry", "lima")
    assert done.stdout == "1 repository due now\n"
    assert len(await journal(pool).claim(10, timedelta(hours=1))) == 2


async def test_a_removed_site_lets_the_log_be_pruned(processes: Processes, pool: Pool) -> None:
    await failing(pool)
    unasked = await told(processes, "geo", "sites", "remove", "lima")
    assert unasked.returncode == 2
    done = await told(processes, "geo", "sites", "remove", "lima", "--yes")
    assert done.stdout == (
        "site lima is removed; what the log keeps for it alone may be dropped from now on\n"
    )
    assert await pool.fetchval("SELECT count(*) FROM geo_pending") == 0
    await kept_up(pool, Retention(geo=60 * DAY), now=LATER)
    assert await pool.fetchval("SELECT count(*) FROM geo_events") == 0


@pytest.mark.parametrize("command", ["remove", "retry", "show"])
async def test_no_such_site(processes: Processes, command: str) -> None:
    yes = ["--yes"] if command == "remove" else []
    done = await told(processes, "geo", "sites", command, "nobody", *yes)
    assert (done.returncode, done.stdout) == (3, "")
    none = await told(processes, "geo", "sites")
    assert (none.returncode, none.stderr) == (3, "nothing matched\n")
