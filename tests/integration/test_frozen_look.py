"""A broker that freezes in the middle of something, and comes back."""

import asyncio
from collections.abc import Iterator

import pytest

from console.dead_letters.errors import BusyError
from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.queue import visit
from console.dead_letters.queue.broker import connected
from console.dead_letters.queue.scan import Scan
from console.dead_letters.queue.visit import exclusive_scan
from console.local.servers.rabbitmq import RabbitMQ
from console.web.scans import Scans
from shared.amqp.errors import BrokerAwayError
from tests import in_memory
from tests.acceptance.burying import bury
from tests.factories import make_event
from tests.waiting import eventually

COUNT = 2_000
# A freeze is noticed within three seconds; heartbeats would take a minute and a half.
NOTICED = 15.0


@pytest.fixture(scope="module")
def broker() -> Iterator[RabbitMQ]:
    """Of these tests alone: others' brokers are not frozen."""
    with in_memory.directory() as place, RabbitMQ(place, fast=True) as server:
        yield server


async def test_a_look_over_a_broker_that_freezes_ends_and_says_so(broker: RabbitMQ) -> None:
    await bury(broker.url(), [make_event() for _ in range(COUNT)])
    seen = 0

    def freeze(_: DeadLetter) -> bool:
        nonlocal seen
        seen += 1
        if seen == 1:
            broker.pause()
        return False

    try:
        async with asyncio.timeout(NOTICED):
            with pytest.raises(BrokerAwayError, match="did not answer within 2 s: it is frozen"):
                async with exclusive_scan(broker.url(), freeze, prefetch=COUNT // 2) as look:
                    await look.more()
    finally:
        broker.resume()

    async def all_there() -> bool:
        async with connected(broker.url()) as there:
            return len(await visit.last(there, COUNT * 2)) == COUNT

    await eventually(all_there)


async def test_a_page_does_not_wait_for_somebody_else_s_look(broker: RabbitMQ) -> None:
    held: list[Scan] = []
    async with exclusive_scan(broker.url(), lambda _: False) as look:
        held.append(look)
        async with asyncio.timeout(NOTICED):
            with pytest.raises(BusyError, match="somebody else is reading"):
                await Scans(broker.url()).summary()
