"""`registry-events status` as an operator and a monitoring check run it, on real servers."""

import asyncio
import json
import re
import socket

import pytest

from console.local.network.ports import free_port
from tests.factories import make_envelope, make_event
from tests.processes import run
from tests.running import running_pipeline
from tests.status import status

AWAY = "amqp://127.0.0.1:{}"
DATABASE_AWAY = "postgresql://127.0.0.1:{}/x"


async def test_a_pipeline_that_works(amqp_url: str, database_url: str) -> None:
    async with running_pipeline(amqp_url, database_url) as pipeline:
        await pipeline.post(make_envelope(make_event(), make_event(target={"tag": "v1"})))
        await pipeline.settled(2)
        services = f"{pipeline.url}, http://{pipeline.settings.worker_listen}"
        done = await status(
            amqp_url, database_url, "--fail-on", "degraded", console_services=services
        )
    assert (done.returncode, done.stderr) == (0, "")
    first, *lines = done.stdout.splitlines()
    assert re.fullmatch(r"OK: it is working: last event recorded \d+ s ago", first)
    shown = "\n".join(lines)
    assert re.search(r"^registry\.events +0 +0 +1 .* - +-$", shown, re.MULTILINE)
    assert re.search(r"^registry\.events\.dead +0 +- +0 ", shown, re.MULTILINE)
    assert re.search(r"^database .* schema (\d+)/\1, .* geo head [12]$", shown, re.MULTILINE)
    assert re.search(r"^ingest .* 2 events, 0 dead letters$", shown, re.MULTILINE)
    assert re.search(r"^worker .* 2 events, 0 dead letters$", shown, re.MULTILINE)
    assert "\x1b" not in done.stdout


async def test_without_a_worker_and_with_dead_letters(amqp_url: str, database_url: str) -> None:
    async with running_pipeline(amqp_url, database_url, workers=0) as pipeline:
        await pipeline.post(
            make_envelope(*(make_event() for _ in range(3)), make_event("push", ""))
        )
    done = await status(amqp_url, database_url, "-o", "json", "--fail-on", "down")
    seen = json.loads(done.stdout)
    assert (done.returncode, seen["state"], seen["headline"]) == (1, "down", "it is not working")
    down, dead = seen["findings"]
    assert down["text"] == "nothing consumes the queue: 3 events wait; start a worker"
    assert re.fullmatch(r"1 dead letter, oldest \d+ s: `registry-events .*`", dead["text"])
    assert seen["broker"]["events"] == {"ready": 3, "consumers": 0}
    assert seen["database"]["activity"]["last_60_s"] == 0
    again = await status(amqp_url, database_url, "-o", "json")
    assert again.returncode == 0
    assert json.loads(again.stdout)["broker"]["dead"] == {"ready": 1, "consumers": 0}


async def test_what_moves_is_looked_at_twice(amqp_url: str, database_url: str) -> None:
    windows = []
    async with running_pipeline(amqp_url, database_url, workers=0) as pipeline:
        for sent in ((), (make_event("push", ""),), (make_event(),)):
            await pipeline.post(make_envelope(*sent))
            done = await status(amqp_url, database_url, "-o", "json")
            windows.append(json.loads(done.stdout)["flow"]["window"])
    idle, dead, waiting = windows
    assert idle == 0.0
    assert dead >= 0.3
    assert waiting >= 1.0


async def test_a_broker_without_queues(amqp_url: str, database_url: str) -> None:
    done = await status(amqp_url, database_url)
    assert (done.returncode, done.stderr) == (0, "")
    assert "! the queue does not exist yet: start an ingest or a worker" in done.stdout


async def test_a_database_without_tables(amqp_url: str, empty_database_url: str) -> None:
    done = await status(amqp_url, empty_database_url)
    assert "! the database has no tables: run `registry-events migrate`" in done.stdout


@pytest.mark.parametrize("options", [(), ("--fail-on", "down"), ("--watch", "--fail-on", "down")])
async def test_neither_reached(options: tuple[str, ...]) -> None:
    done = await status(AWAY.format(free_port()), DATABASE_AWAY.format(free_port()), *options)
    assert (done.returncode, done.stderr) == (5, "")
    assert done.stdout.startswith(
        "DOWN: it is not working\n! no event comes in or goes out: the broker at "
    )


async def test_one_of_both_reached(amqp_url: str, database_url: str) -> None:
    away = DATABASE_AWAY.format(free_port())
    done = await status(amqp_url, away, "--fail-on", "degraded")
    assert done.returncode == 1
    assert "! no event is recorded; they wait in the queue and none is lost: " in done.stdout
    done = await status(AWAY.format(free_port()), database_url)
    assert done.returncode == 0
    assert re.search(r"^database +PostgreSQL ", done.stdout, re.MULTILINE)


async def test_servers_that_never_answer(amqp_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        done = await status(amqp_url, DATABASE_AWAY.format(port))
        assert "did not answer within 2 s: it is frozen" in done.stdout
        done = await status(AWAY.format(port), DATABASE_AWAY.format(port))
        assert done.returncode == 5


async def test_what_is_watched_ends_when_it_fails(amqp_url: str, database_url: str) -> None:
    async with running_pipeline(amqp_url, database_url, workers=0) as pipeline:
        watch = asyncio.ensure_future(
            status(amqp_url, database_url, "--watch", "0.5", "-o", "json", "--fail-on", "down")
        )
        await asyncio.wait({watch}, timeout=3)
        assert not watch.done()
        await pipeline.post(make_envelope(make_event()))
        done = await watch
    states = [json.loads(line)["state"] for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert states[-1] == "down"
    assert set(states[:-1]) == {"degraded"}


@pytest.mark.parametrize("options", [("--fail-on", "never"), ("--watch", "0"), ("-o", "xml")])
def test_wrong_usage(options: tuple[str, ...]) -> None:
    assert run("status", *options, AMQP_URL=AWAY, DATABASE_URL=DATABASE_AWAY).returncode == 2


def test_settings_that_are_missing() -> None:
    done = run("status")
    assert done.returncode == 2
    assert "AMQP_URL: is not set" in done.stderr
    assert "DATABASE_URL: is not set" in done.stderr
