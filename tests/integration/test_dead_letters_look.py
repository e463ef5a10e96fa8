"""A look over a real queue: it sees all, keeps the order, and takes off only what it settles."""

import asyncio
from collections.abc import Sequence

import aio_pika
import pytest

from console.dead_letters.errors import BusyError
from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.operations.publish import publish_each, publishing_channel
from console.dead_letters.queue import lock, visit
from console.dead_letters.queue.broker import connected
from console.dead_letters.queue.scan import READING, SETTLING, Visit
from console.dead_letters.queue.visit import exclusive_scan
from shared.amqp.message import Message
from shared.amqp.topology import DEAD_EXCHANGE, DEAD_QUEUE
from tests.waiting import eventually

COUNT = 500
# As many consumers one after another as a million dead letters take.
SMALL = 10


async def bury(amqp_url: str, start: int, stop: int) -> None:
    messages = [
        Message(DEAD_EXCHANGE, "event.push", str(number).encode(), {"number": number})
        for number in range(start, stop)
    ]
    async with connected(amqp_url) as broker:
        channel = await publishing_channel(broker)
        done = await publish_each(channel, messages)
    assert not any(done.failures)


async def numbers(amqp_url: str, prefetch: int = SMALL) -> Sequence[int]:
    """What a look sees, in its order."""
    seen: list[int] = []

    def see(one: DeadLetter) -> bool:
        seen.append(int(one.body))
        return False

    async with exclusive_scan(amqp_url, see, prefetch=prefetch) as look:
        assert not await look.more()
    return seen


def divisible(divisor: int) -> Visit:
    return lambda one: not int(one.body) % divisor


async def test_thirty_looks_change_nothing(amqp_url: str) -> None:
    await bury(amqp_url, 0, COUNT)
    async with connected(amqp_url) as broker:
        first = await visit.last(broker, COUNT)
        assert [int(one.body) for one in first] == list(range(COUNT))
        for _ in range(15):
            assert await numbers(amqp_url) == list(range(COUNT))
            assert await visit.last(broker, COUNT) == first
        await bury(amqp_url, COUNT, COUNT + 10)
        assert [int(one.body) for one in await visit.last(broker, 11)] == [
            *range(COUNT - 1, COUNT + 10)
        ]


@pytest.mark.parametrize("prefetch", [SMALL, 33, SETTLING])
async def test_what_is_settled_is_gone_and_the_rest_in_order(amqp_url: str, prefetch: int) -> None:
    await bury(amqp_url, 0, COUNT)
    left = list(range(COUNT))
    for divisor in (7, 3, 2):
        async with exclusive_scan(amqp_url, divisible(divisor), prefetch=prefetch) as look:
            while await look.more():
                await look.settle([look.taken.pop()])
        left = [number for number in left if number % divisor]
        assert await numbers(amqp_url) == left


@pytest.mark.parametrize("kept", [(), (0,), (30,), (31, 32, 400)])
async def test_batches_settle_only_what_is_in_them(amqp_url: str, kept: Sequence[int]) -> None:
    await bury(amqp_url, 0, COUNT)
    async with exclusive_scan(
        amqp_url, lambda one: int(one.body) not in kept, prefetch=SMALL
    ) as look:
        while await look.more():
            batch, look.taken = look.taken[:7], look.taken[7:]
            await look.settle(batch)
    assert await numbers(amqp_url) == list(kept)


@pytest.mark.parametrize("prefetch", [SMALL, SETTLING, READING])
async def test_all_that_is_settled_is_gone(amqp_url: str, prefetch: int) -> None:
    for _ in range(3):
        await bury(amqp_url, 0, 2 * COUNT)
        async with exclusive_scan(amqp_url, lambda _: True, prefetch=prefetch) as look:
            while await look.more():
                while look.taken:
                    await look.settle([look.taken.pop()])
        assert await numbers(amqp_url) == []


async def test_what_is_taken_and_not_settled_stays_in_order(amqp_url: str) -> None:
    await bury(amqp_url, 0, COUNT)
    settled: set[int] = set()
    for _ in range(3):
        async with exclusive_scan(amqp_url, lambda _: True, prefetch=SMALL) as look:
            for _ in range(50):
                assert await look.more()
                taken = look.taken.pop(0)
                settled.add(int(taken.dead_letter.body))
                await look.settle([taken])
    assert len(settled) == 150
    assert await numbers(amqp_url) == sorted(set(range(COUNT)) - settled)


async def test_a_cancelled_look_goes_to_the_end(amqp_url: str) -> None:
    await bury(amqp_url, 0, COUNT)
    assert await numbers(amqp_url) == list(range(COUNT))
    started = asyncio.Event()

    async def look() -> None:
        async with exclusive_scan(amqp_url, lambda _: True, prefetch=SMALL) as open_look:
            await open_look.more()
            started.set()
            await asyncio.Event().wait()

    task = asyncio.ensure_future(look())
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await numbers(amqp_url) == list(range(COUNT))


async def test_an_error_of_the_visitor_comes_out_and_loses_nothing(amqp_url: str) -> None:
    await bury(amqp_url, 0, 10)

    def stumble(one: DeadLetter) -> bool:
        raise ValueError(one.body)

    with pytest.raises(ValueError, match="0"):
        async with exclusive_scan(amqp_url, stumble) as look:
            await look.more()
    assert sorted(await numbers(amqp_url)) == list(range(10))


async def test_looks_wait_for_each_other(amqp_url: str) -> None:
    await bury(amqp_url, 0, 10)
    async with exclusive_scan(amqp_url, lambda _: False) as look:
        await look.more()
        with pytest.raises(BusyError, match="somebody else"):
            async with exclusive_scan(amqp_url, lambda _: False, patience=0.2):
                pass
        waiting = asyncio.ensure_future(numbers(amqp_url))
        assert not (await asyncio.wait({waiting}, timeout=1))[0]
    assert await waiting == list(range(10))


async def test_the_lock_is_free_when_its_holder_is_gone(amqp_url: str) -> None:
    await bury(amqp_url, 0, 10)

    async def hold() -> None:
        async with exclusive_scan(amqp_url, lambda _: False, patience=lock.PATIENCE) as look:
            await look.more()
            held.set()
            await asyncio.Event().wait()

    held = asyncio.Event()
    holder = asyncio.ensure_future(hold())
    await held.wait()
    holder.cancel()
    await asyncio.wait({holder})
    assert await numbers(amqp_url) == list(range(10))


async def test_what_arrives_during_a_look_is_not_lost(amqp_url: str) -> None:
    await bury(amqp_url, 0, 100)
    async with exclusive_scan(amqp_url, divisible(2), prefetch=SMALL) as look:
        assert await look.more()
        await bury(amqp_url, 100, 200)
        while await look.more():
            await look.settle([look.taken.pop()])

    async def all_back() -> bool:
        seen = await numbers(amqp_url)
        assert sorted(seen) == list(seen)
        return [number for number in seen if number < 100] == list(range(1, 100, 2))

    await eventually(all_back)
    assert set(await numbers(amqp_url)) >= set(range(101, 200, 2))


async def test_what_somebody_holds_is_not_missed(amqp_url: str) -> None:
    await bury(amqp_url, 0, 3)
    holding = await aio_pika.connect(amqp_url)
    queue = await (await holding.channel()).get_queue(DEAD_QUEUE)
    held = asyncio.Semaphore(0)

    async def hold(_: object) -> None:
        held.release()

    await queue.consume(hold)
    for _ in range(3):
        await held.acquire()
    seen: list[int] = []

    def see(one: DeadLetter) -> bool:
        seen.append(int(one.body))
        return False

    async with exclusive_scan(amqp_url, see) as look:
        # Nothing is ready, and its holder ends while the look is under way, as a killed look does.
        more, _ = await asyncio.gather(look.more(), holding.close())
    assert (more, sorted(seen)) == (False, [0, 1, 2])
