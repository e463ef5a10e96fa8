"""geo sync at a site that reaches the log's service alone, and no database."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest
from aiohttp import web

from console.local.network.loopback import request
from console.local.network.ports import LOOPBACK, free_port
from shared.database import Pool
from tests.forwarding import opened
from tests.liar import Liar, instead
from tests.pairs import Pair, assert_equal, tags
from tests.processes import Processes, Service, run
from tests.serving import new_token
from tests.syncing import PENDING, nothing_pending, push
from tests.waiting import eventually

pytestmark = pytest.mark.usefixtures("registry_programs")

SITE = "west"
NOWHERE = "postgresql://127.0.0.1:1/nowhere"
# What a claim has got whose answer was cut off is due again after it.
LONGER_THAN_A_LEASE = 90.0
MAKE_DUE = "UPDATE geo_pending SET due_at = now()"


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    async with opened(database_url) as made:
        yield made


@pytest.fixture
def served(tmp_path: Path, database_url: str) -> Iterator[Service]:
    with ExitStack() as exits:
        primary = Processes(tmp_path, "amqp://unused", database_url, exits, is_forked=True)
        yield primary.geo_serve()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Processes]:
    directory = tmp_path / "site"
    directory.mkdir()
    with ExitStack() as exits:
        yield Processes(directory, "amqp://unused", NOWHERE, exits, is_forked=True)


def arguments(port: int, *more: str, primary: str, secondary: str) -> list[str]:
    return [
        *("geo", "sync", "--log", f"http://{LOOPBACK}:{port}"),
        *("--primary", f"http://{primary}", "--secondary", f"http://{secondary}"),
        *more,
    ]


def of(pair: Pair, served: Service, *more: str, primary: str = "") -> list[str]:
    primary = primary or pair.primary.address
    return arguments(served.port, *more, primary=primary, secondary=pair.secondary.address)


async def asked(*given: str, **environment: str) -> tuple[int, str, str]:
    """Exit code and both outputs of a command that has no setting but these."""
    done = await asyncio.to_thread(run, *given, **environment)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


async def test_a_service_that_is_killed_and_comes_back_loses_nothing(
    pair: Pair, pool: Pool, served: Service, site: Processes
) -> None:
    repositories = [f"team/app-{number:02}" for number in range(6)]
    await asyncio.to_thread(pair.images, *repositories)
    await push(pool, *repositories)
    port, token = free_port(), await new_token(pool, SITE)
    process = site.start_command(
        *of(pair, served, "--concurrency", "1"),
        geo_token=token,
        geo_sync_listen=f"{LOOPBACK}:{port}",
    )
    await eventually(partial(tags, pair.secondary, repositories[1]))
    served.kill()
    await eventually(partial(misses_the_log, port))
    await push(pool, *repositories[:2], "team/late")
    await asyncio.to_thread(pair.images, "team/late")
    served.restart()
    await eventually(partial(tags, pair.secondary, "team/late"), LONGER_THAN_A_LEASE)
    await nothing_pending(pool, LONGER_THAN_A_LEASE)
    await assert_equal(pair, *repositories, "team/late")
    assert request(port, "GET", "/health/ready")[0] == 200
    assert token not in process.log.read_text() + served.log


async def misses_the_log(port: int) -> bool:
    status, body = await asyncio.to_thread(request, port, "GET", "/health/ready")
    return status == 503 and "is away" in json.loads(body)["missing"]["log"]


async def test_one_that_fails_stands_at_the_primary_with_its_cause(
    pair: Pair, pool: Pool, served: Service, database_url: str
) -> None:
    await asyncio.to_thread(pair.images, "team/bad", "team/good")
    await push(pool, "team/bad", "team/good")
    token = await new_token(pool, SITE)
    async with Liar(pair.primary).running() as liar:
        liar.lies.append(instead("/v2/team/bad/tags", lambda: web.Response(status=403)))
        once = partial(
            asked,
            *of(pair, served, "--once", "-o", "json", primary=liar.address),
            REGISTRY_EVENTS_GEO_TOKEN=token,
        )
        code, said, _ = await once()
        assert (code, json.loads(said)["equal"]) == (1, 1)
        (failing,) = json.loads(said)["failing"]
        assert failing["repository"] == "team/bad"
        shown = await asked("geo", "sites", "show", SITE, "-o", "json", DATABASE_URL=database_url)
        (kept,) = json.loads(shown[1])["failing_repositories"]
        assert (kept["repository"], kept["cause"]) == ("team/bad", failing["cause"])
        liar.lies.clear()
        await pool.execute(MAKE_DUE)
        assert json.loads((await once())[1]) == {"equal": 1, "failing": []}
    assert await pool.fetch(PENDING) == []
    await assert_equal(pair, "team/bad", "team/good")


@pytest.mark.parametrize("more", [["--once"], []], ids=["once", "for ever"])
async def test_a_token_that_is_no_sites_ends_it_in_words(
    pool: Pool, served: Service, more: list[str]
) -> None:
    old = await new_token(pool, SITE)
    await new_token(pool, SITE)
    given = arguments(served.port, *more, primary="a.invalid", secondary="b.invalid")
    listen = f"{LOOPBACK}:{free_port()}"
    code, out, err = await asked(
        *given, REGISTRY_EVENTS_GEO_TOKEN=old, REGISTRY_EVENTS_GEO_SYNC_LISTEN=listen
    )
    assert code == 1
    assert "the Authorization header is no site's token" in err
    assert old not in out + err + served.log


@pytest.mark.parametrize(
    ("more", "environment", "code", "said"),
    [
        (["--log", "https://log.example"], {}, 2, "REGISTRY_EVENTS_GEO_TOKEN: is not set"),
        (["--log", "log.example"], {}, 2, "the address must be https://HOST"),
        (["--log", "https://log.example", "--site", "west"], {}, 2, "the token says which site"),
        ([], {}, 2, "--site at the database, or --log"),
        (
            ["--log", "https://log.example"],
            {"TOKEN": "x", "CA_FILE": "/nowhere"},
            1,
            "/nowhere cannot be read: No such file or directory",
        ),
        (["--log", "http://127.0.0.1:1"], {"TOKEN": "x"}, 5, "127.0.0.1 is away"),
    ],
    ids=["no token", "no scheme", "a site too", "neither", "no authorities", "away"],
)
async def test_what_cannot_be_used_is_a_sentence(
    more: list[str], environment: dict[str, str], code: int, said: str
) -> None:
    registries = ("--primary", "https://a.invalid", "--secondary", "https://b.invalid")
    variables = {f"REGISTRY_EVENTS_GEO_{name}": value for name, value in environment.items()}
    ended, _, err = await asked("geo", "sync", "--once", *registries, *more, **variables)
    assert ended == code
    assert said in err
