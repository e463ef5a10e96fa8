"""`geo serve` as an operator runs it, and the words of a follower that cannot use it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from console.local.network.ports import LOOPBACK
from console.local.processes.process import Process
from shared.database import Pool
from tests.followers import END, handed_on
from tests.partitions import at, recorder
from tests.processes import Processes, Service, run
from tests.serving import new_token
from tests.sites import NOON, opened
from tests.waiting import eventually


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    async with opened(database_url) as made:
        yield made


@pytest.fixture
def processes(tmp_path: Path, database_url: str) -> Iterator[Processes]:
    with ExitStack() as exits:
        yield Processes(tmp_path, "amqp://unused", database_url, exits)


@pytest.fixture
def served(processes: Processes) -> Service:
    return processes.geo_serve()


def follow(processes: Processes, port: int, token: str) -> Process:
    url = f"http://{LOOPBACK}:{port}"
    arguments = ["geo", "follow", "--from", url, "--batch", "20"]
    return processes.start_command(*arguments, geo_token=token)


async def has_all(follower: Process, pool: Pool) -> None:
    async def all_of_it() -> bool:
        last = await pool.fetchval(END)
        return bool(last) and set(handed_on(follower)) == set(range(1, last + 1))

    await eventually(all_of_it, 120)


async def test_it_stops_while_sites_wait(pool: Pool, processes: Processes, served: Service) -> None:
    follower = follow(processes, served.port, await new_token(pool))

    async def waits() -> bool:
        return served.metric("registry_events_geo_serve_waiting_requests") == 1

    await eventually(waits)
    await served.terminate()
    served.restart()
    served.wait_until_ready()
    await recorder(pool).record([at(NOON)])
    await has_all(follower, pool)


async def test_a_token_that_is_exchanged_ends_the_follower_in_words(
    pool: Pool, served: Service
) -> None:
    old = await new_token(pool)
    await new_token(pool)
    url = f"http://{LOOPBACK}:{served.port}"
    done = await asyncio.to_thread(
        run, "geo", "follow", "--from", url, "--once", REGISTRY_EVENTS_GEO_TOKEN=old
    )
    assert done.returncode == 1
    assert "the Authorization header is no site's token" in done.stderr
    assert old not in done.stdout + done.stderr + served.log


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        (["--from", "https://log.example"], {}, "REGISTRY_EVENTS_GEO_TOKEN: is not set"),
        (["--from", "log.example"], {"TOKEN": "x"}, "the address must be https://HOST"),
        (
            ["--from", "https://lima:secret@log.example"],
            {"TOKEN": "x"},
            "the address has a user, a query or a fragment",
        ),
        (
            ["--from", "https://log.example"],
            {"TOKEN": "x", "CA_FILE": "/nowhere"},
            "/nowhere cannot be read: No such file or directory",
        ),
        (["--from", "https://log.example"], {"TOKEN": "a b"}, "must be one token"),
        (
            ["--from", "https://log.example", "--site", "oslo"],
            {"TOKEN": "x"},
            "the token says which site it is",
        ),
    ],
    ids=["no token", "no scheme", "a user", "no authorities", "no token of ours", "another site"],
)
async def test_what_cannot_be_used_is_a_sentence(
    arguments: list[str], environment: dict[str, str], said: str
) -> None:
    variables = {f"REGISTRY_EVENTS_GEO_{name}": value for name, value in environment.items()}
    done = await asyncio.to_thread(run, "geo", "follow", "--once", *arguments, **variables)
    assert done.returncode in {1, 2}
    assert said in done.stderr
    assert "secret" not in done.stderr
