"""geo sync as an operator runs it: asked, and in both directions at once."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from console.local.network.ports import LOOPBACK, free_port
from shared.database import Pool
from tests.forwarding import opened
from tests.pairs import Pair, assert_equal, running_pair, tags
from tests.processes import Processes, run, variables
from tests.running import TOKEN
from tests.syncing import PENDING, nothing_pending, push
from tests.waiting import eventually

pytestmark = pytest.mark.usefixtures("registry_programs")

EVENTS = "SELECT count(*) FROM geo_events"
SOURCES = json.dumps(
    [
        {"name": name, "registry": "distribution", "auth": {"token": [TOKEN]}}
        for name in ("east", "west")
    ]
)
LONGER_THAN_A_LEASE = 90.0


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    async with opened(database_url) as made:
        yield made


def arguments(pair: Pair, *more: str, site: str = "west") -> list[str]:
    return [
        *("geo", "sync", "--site", site),
        *("--primary", f"http://{pair.primary.address}"),
        *("--secondary", f"http://{pair.secondary.address}"),
        *more,
    ]


async def asked(pair: Pair, database_url: str, *more: str) -> tuple[int, str]:
    done = await asyncio.to_thread(
        run, *arguments(pair, "--once", *more), DATABASE_URL=database_url
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout


async def test_once_says_what_came_of_it(pair: Pair, pool: Pool, database_url: str) -> None:
    await asyncio.to_thread(pair.images, "team/a", "team/b")
    await push(pool, "team/a", "team/b")
    assert await asked(pair, database_url) == (0, "2 repositories are equal\n")
    await asyncio.to_thread(pair.push, "image-0", "team/b:old", registry=pair.secondary)
    code, said = await asked(pair, database_url, "--full", "--delete", "-o", "json")
    assert code == 1
    failing = json.loads(said)["failing"]
    assert [one["repository"] for one in failing] == ["team/b"]
    assert "--max-delete 20%" in failing[0]["cause"]
    code, said = await asked(pair, database_url, "--full", "--delete", "--max-delete", "60%")
    assert (code, said) == (0, "2 repositories are equal\n")
    await assert_equal(pair, "team/b")


async def test_both_directions_come_to_rest(processes: Processes, tmp_path: Path) -> None:
    ingest = processes.ingest(sources=SOURCES)
    processes.worker()
    url = f"http://{LOOPBACK}:{ingest.port}/notifications/distribution"
    notified = (f"{url}/east", f"{url}/west")
    async with opened(processes.database_url) as pool:
        with running_pair(tmp_path, notified=notified) as pair:
            there, back = (
                arguments(pair, "--source", "east"),
                arguments(
                    Pair(pair.secondary, pair.primary, pair.layout), "--source", "west", site="east"
                ),
            )
            for one in (there, back):
                processes.start_command(*one, geo_sync_listen=f"{LOOPBACK}:{free_port()}")
            pair.images("team/a", "team/b")
            pair.push("image-0", "team/c:v1", registry=pair.secondary)
            await equal_on_both(pair, "team/a", "team/b", "team/c")
            await at_rest(pool)
            await assert_equal(pair, "team/a", "team/b", "team/c")


async def equal_on_both(pair: Pair, *repositories: str) -> None:
    async def all_there() -> bool:
        both = (pair.primary, pair.secondary)
        return all([await tags(side, one) for one in repositories for side in both])

    await eventually(all_there, LONGER_THAN_A_LEASE)


async def at_rest(pool: Pool) -> None:
    """Every site has read all, nothing is pending, and looking at all of it again adds nothing."""
    before = -1

    async def resting() -> bool:
        nonlocal before
        known, before = before, await pool.fetchval(EVENTS)
        read = await pool.fetch("SELECT cursor FROM geo_sites")
        pending = await pool.fetch(PENDING)
        return not pending and known == before and {row["cursor"] for row in read} == {before}

    await eventually(resting, LONGER_THAN_A_LEASE)
    await pool.execute("""
        INSERT INTO geo_pending (site, source, path, change_id)
        SELECT name, source, path, cursor FROM geo_sites, container_repositories
    """)
    await nothing_pending(pool)
    assert await pool.fetchval(EVENTS) == before


def test_it_says_what_is_wrong_with_what_it_is_asked(tmp_path: Path, database_url: str) -> None:
    url = {"DATABASE_URL": "postgresql://127.0.0.1:1/x"}
    base = ("geo", "sync", "--once", "--site", "west", "--primary")
    same = run(*base, "https://a", "--secondary", "https://a/", **url)
    assert (same.returncode, "same registry" in same.stderr) == (2, True)
    path = run(*base, "https://a/v2/", "--secondary", "https://b", **url)
    assert (path.returncode, "must be https://HOST" in path.stderr) == (2, True)
    both = (*base, "https://a", "--secondary", "https://b")
    share = run(*both, "--max-delete", "0.2", **url)
    assert (share.returncode, "must be from 0% to 100%" in share.stderr) == (2, True)
    unread = variables(registry_auth_file=tmp_path / "none")
    missing = run(*both, DATABASE_URL=database_url, **unread)
    assert (missing.returncode, "No such file" in missing.stderr) == (1, True)
    away = run(*both, **url)
    assert (away.returncode, "refuses connections" in away.stderr) == (5, True)
