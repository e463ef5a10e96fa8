"""A site that follows over HTTP has every id in order, whatever is cut or killed meanwhile."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from console.local.network.ports import LOOPBACK
from console.local.processes.process import Process
from shared.database import Pool
from tests.drills.chance import CHANCE
from tests.drills.proxy import Proxy
from tests.partitions import at, recorder
from tests.processes import Processes, Service, run
from tests.serving import new_token
from tests.sites import NOON, opened
from tests.waiting import eventually

WRITERS, BATCHES = 3, 40
FAULTS = 12
LOG_END = "SELECT last_id FROM geo_event_counter"


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


def handed_on(follower: Process) -> list[int]:
    """The ids of its lines, in their order; what its log says of itself is left out."""
    lines = follower.log.read_text().splitlines()
    # A line that a kill cut off was not handed on.
    whole = [one for one in lines if one.startswith('{"id":') and one.endswith("}")]
    return [json.loads(one)["id"] for one in whole]


async def has_all(follower: Process, pool: Pool) -> None:
    async def all_of_it() -> bool:
        last = await pool.fetchval(LOG_END)
        return bool(last) and set(handed_on(follower)) == set(range(1, last + 1))

    await eventually(all_of_it, 120)


async def write(pool: Pool) -> None:
    for _ in range(BATCHES):
        await recorder(pool).record([at(NOON) for _ in range(CHANCE.randint(1, 9))])
        await asyncio.sleep(CHANCE.random() * 0.2)


async def strike(proxy: Proxy, follower: Process, served: Service) -> bool:
    """Do some harm; whether the follower was killed, and so began anew."""
    await asyncio.sleep(CHANCE.random())
    match CHANCE.choice(["cut", "tear", "kill the follower", "kill the service"]):
        case "cut":
            proxy.cut()
        case "tear":
            proxy.cut_in_the_middle()
            await asyncio.sleep(CHANCE.random())
            proxy.heal()
        case "kill the service":
            served.kill()
            served.restart()
        case _:
            follower.kill()
            follower.start()
            return True
    return False


def steps_back(ids: list[int]) -> int:
    """How often ids begin again at an earlier one; none is left out, wherever they begin."""
    steps = list(zip([0, *ids], ids, strict=False))
    assert [(before, now) for before, now in steps if now > before + 1] == []
    return sum(now <= before for before, now in steps)


async def test_cuts_and_kills_cost_no_change_and_no_order(
    pool: Pool, processes: Processes, served: Service
) -> None:
    token, kills = await new_token(pool), 0
    async with Proxy(served.port).running() as proxy:
        follower = follow(processes, proxy.port, token)
        writing = [asyncio.ensure_future(write(pool)) for _ in range(WRITERS)]
        for _ in range(FAULTS):
            kills += await strike(proxy, follower, served)
        await asyncio.gather(*writing)
        await has_all(follower, pool)
    # What a killed one had in hand comes again; a cut alone hands nothing on twice.
    assert steps_back(handed_on(follower)) <= kills
    assert await pool.fetchval("SELECT cursor FROM geo_sites") == max(handed_on(follower))
    assert token not in follower.log.read_text() + served.log


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
