"""The number of queues changes under load, and nothing is lost or counted twice."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import aio_pika
import aiohttp
import pytest
from aio_pika.exceptions import ChannelNotFoundEntity

from shared.amqp.shards import queue_of
from shared.amqp.spreading import shard_of
from shared.amqp.topology import DEAD_QUEUE
from tests.acceptance.burying import bury
from tests.factories import make_envelope, make_event
from tests.processes import Processes, Service, run, variables, waiting
from tests.running import Pipeline
from tests.waiting import eventually

CHANCE = random.Random(1)  # noqa: S311  which repository and which ingest, nothing secret
SENDERS = 4
REPOSITORIES = 40
MOST = 4
# At the change to this number the old worker is killed, with what it holds.
KILLED = 2


class Registry:
    """Sends without end, each event to any ingest until it is answered 200."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.ingests: list[Service] = []
        self.sent: list[str] = []
        self._http = pipeline.http
        self._headers = {
            "Authorization": f"Bearer {pipeline.settings.tokens[0].get_secret_value()}"
        }

    async def send(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            repository = f"group/project-{CHANCE.randrange(REPOSITORIES)}"
            event = make_event(target={"repository": repository})
            await eventually(partial(self._taken, make_envelope(event)))
            self.sent.append(event["id"])

    async def _taken(self, body: bytes) -> bool:
        port = CHANCE.choice(self.ingests).port
        url = f"http://127.0.0.1:{port}/notifications"
        try:
            async with self._http.post(url, data=body, headers=self._headers) as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    async def sends(self, more: int) -> None:
        until = len(self.sent) + more

        async def many() -> bool:
            return len(self.sent) >= until

        await eventually(many)


@asynccontextmanager
async def sending(registry: Registry) -> AsyncIterator[None]:
    """What is on its way when the block ends is answered."""
    stop = asyncio.Event()
    senders = [asyncio.ensure_future(registry.send(stop)) for _ in range(SENDERS)]
    try:
        yield
    except BaseException:
        for sender in senders:
            sender.cancel()
        raise
    finally:
        stop.set()
        await asyncio.gather(*senders, return_exceptions=True)
    for sender in senders:
        sender.result()


async def shards(processes: Processes, number: int, *options: str) -> Any:
    environment = {**processes.environment, **variables(shards=number)}
    return await asyncio.to_thread(run, "shards", *options, **environment)


async def left(amqp_url: str) -> Sequence[int | None]:
    """What waits in each queue; None for one that is not there."""
    found: list[int | None] = []
    async with await aio_pika.connect(amqp_url) as connection:
        for shard in range(MOST):
            channel = await connection.channel()
            try:
                queue = await channel.declare_queue(queue_of(shard), passive=True)
                found.append(queue.declaration_result.message_count)
            except ChannelNotFoundEntity:
                found.append(None)
    return found


async def roll_out(
    processes: Processes, registry: Registry, old: Sequence[Service], number: int
) -> Sequence[Service]:
    """Those of the old number go on beside those of the new one, and beside the change."""
    changing = asyncio.ensure_future(shards(processes, number))
    await registry.sends(50)
    new = [processes.ingest(shards=number), processes.worker(shards=number)]
    registry.ingests.append(new[0])
    await registry.sends(50)
    registry.ingests.remove(old[0])
    await old[0].terminate()
    if number == KILLED:
        old[1].kill()
    else:
        await old[1].terminate()
    done = await changing
    assert done.returncode == 0, done.stderr
    await registry.sends(50)
    return new


async def test_from_one_to_four_to_two_to_one_under_load(processes: Processes) -> None:
    old: Sequence[Service] = [processes.ingest(), processes.worker()]
    async with processes.pipeline(old[0]) as pipeline:
        registry = Registry(pipeline)
        registry.ingests = list(old[:1])
        async with sending(registry):
            await registry.sends(50)
            for number in (4, 2, 1):
                old = await roll_out(processes, registry, old, number)
                assert (await left(processes.amqp_url)).count(None) == MOST - number
        rows = await pipeline.settled(len(registry.sent))
        assert sorted(row["event_id"] for row in rows) == sorted(registry.sent)
    await old[1].terminate()
    assert list(await left(processes.amqp_url)) == [0, None, None, None]
    assert await waiting(processes.amqp_url, DEAD_QUEUE) == 0


async def test_what_no_worker_is_left_for_is_moved(processes: Processes) -> None:
    worker, ingest = processes.worker(shards=4), processes.ingest(shards=4)
    assert (await shards(processes, 4)).returncode == 0
    await worker.terminate()
    events = [make_event(target={"repository": f"group/{number}"}) for number in range(40)]
    async with processes.pipeline(ingest) as pipeline:
        await pipeline.post(make_envelope(*events))
        assert all(await left(processes.amqp_url))
        done = await shards(processes, 1)
        assert done.returncode == 0, done.stderr
        assert list(await left(processes.amqp_url)) == [40, None, None, None]
        # This ingest was never told.
        await pipeline.post(make_envelope(*(make_event() for _ in range(5))))
        processes.worker()
        assert len(await pipeline.settled(45)) == 45


async def test_a_queue_that_no_worker_takes_from_gets_nothing(processes: Processes) -> None:
    ingest = processes.ingest(shards=2)
    processes.worker()
    done = await shards(processes, 2, "--timeout", "0")
    assert done.returncode == 1
    assert "no worker takes from registry.events.1" in done.stderr
    events = [make_event(target={"repository": f"group/{number}"}) for number in range(20)]
    async with processes.pipeline(ingest) as pipeline:
        await pipeline.post(make_envelope(*events))
        assert len(await pipeline.settled(20)) == 20


@pytest.mark.parametrize("number", [1, 3], ids=["1", "3"])
async def test_run_again_it_changes_nothing(processes: Processes, number: int) -> None:
    processes.worker(shards=number)
    for _ in range(2):
        done = await shards(processes, number)
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines()[-1].count("registry.events") == number


async def test_a_requeued_dead_letter_goes_to_the_queue_of_its_repository(
    processes: Processes,
) -> None:
    worker = processes.worker(shards=4)
    assert (await shards(processes, 4)).returncode == 0
    await worker.terminate()
    events = [make_event(target={"repository": f"group/{number}"}) for number in range(40)]
    await bury(processes.amqp_url, events, error_type="refused")
    environment = {**processes.environment, **variables(shards=4)}
    requeue = ("dead-letters", "requeue", "--all", "--yes")
    done = await asyncio.to_thread(run, *requeue, **environment)
    assert done.returncode == 0, done.stderr
    expected = Counter(shard_of(f"group/{number}", 4) for number in range(40))
    assert list(await left(processes.amqp_url)) == [expected[shard] for shard in range(4)]
    status = await asyncio.to_thread(run, "status", "-o", "json", **environment)
    assert json.loads(status.stdout)["broker"]["events"] == {"ready": 40, "consumers": 0}
