"""What is measured beside ours does the work that it is measured for."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aio_pika
import pytest
from aio_pika.abc import AbstractQueue, DeliveryMode

from console.local.network.loopback import request
from console.local.servers.postgres import Postgres
from console.local.servers.rabbitmq import RabbitMQ
from ingest.notifications import PATHS
from shared.amqp.topology import EVENTS_QUEUE, declare
from tests.bench import confirms, end_to_end, ingests
from tests.bench.aims import by_contender
from tests.bench.cells import cell
from tests.bench.ingests import Contender
from tests.bench.load import Load
from tests.bench.scale import QUICK
from tests.bench.servers import Place, Servers
from tests.factories import make_envelope, make_event
from tests.running import EVENTS_TYPE
from tests.waiting import DEADLINE

REQUESTS, EVENTS = 20, 3


@pytest.fixture
async def queue(amqp_url: str) -> AsyncIterator[AbstractQueue]:
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        await declare(channel)
        yield await channel.get_queue(EVENTS_QUEUE)


@pytest.mark.parametrize(
    "contender",
    [ingests.DOCUMENTED, ingests.FASTAPI, ingests.MINIMAL],
    ids=lambda contender: contender.name,
)
async def test_a_contender_answers_200_for_what_is_in_the_queue(
    contender: Contender, queue: AbstractQueue, amqp_url: str, tmp_path: Path
) -> None:
    if contender.missing:
        pytest.skip(f"{contender.missing} is not installed")
    load = Load(4, fresh=False, seconds=10, requests=REQUESTS, events=EVENTS)
    with ingests.started(Place(amqp_url, "", tmp_path), contender) as target:
        stranger = {"Authorization": "Bearer another", "Content-Type": EVENTS_TYPE}
        envelope = make_envelope(make_event("push"))
        status, _ = request(target.port, "POST", PATHS[0], body=envelope, headers=stranger)
        seen = cell(target, load).seen
    assert status == 401
    assert (seen.answered, seen.refused) == (REQUESTS, 0)
    ids = set()
    for _ in range(REQUESTS * EVENTS):
        message = await queue.get(no_ack=True)
        assert message
        assert message.delivery_mode == DeliveryMode.PERSISTENT
        ids.add(json.loads(message.body)["id"])
    assert len(ids) == REQUESTS * EVENTS
    assert await queue.get(no_ack=True, fail=False) is None


async def test_a_confirm_takes_its_time(queue: AbstractQueue, amqp_url: str) -> None:
    async with asyncio.timeout(DEADLINE):
        assert await confirms.main(amqp_url, 5) > 0
    for _ in range(5):
        assert await queue.get(no_ack=True)


async def test_end_to_end_has_every_figure_of_both(
    postgres: Postgres, rabbitmq: RabbitMQ, tmp_path: Path
) -> None:
    scale = replace(QUICK, end_to_end_seconds=0.2)
    section = await end_to_end.measure(Servers(postgres, rabbitmq, tmp_path), scale)
    for measure in {one.measure for one in section.figures}:
        assert len(by_contender(section, measure)) == 2
    assert all(one.value > 0 for one in section.figures), section.figures
