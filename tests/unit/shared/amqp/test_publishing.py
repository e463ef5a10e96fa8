"""Whatever the broker answers, and in whatever order: each message gets its own outcome."""

import asyncio
import random
from collections.abc import Iterator
from typing import Final

from hypothesis import given
from hypothesis import strategies as st
from pamqp.commands import Basic
from pamqp.frame import marshal, unmarshal
from pamqp.header import ContentHeader

from shared.amqp import contents, frames
from shared.amqp.contents import Contents, Returned
from shared.amqp.message import Message
from shared.amqp.publishing import Publishing
from shared.amqp.sending import Outcome

CHANNEL: Final = 1
ACK, NACK, RETURN = "ack", "refused", "returned"


class Broker:
    """Reads what is written with pamqp; `sent` are the headers of each publish by its number."""

    def __init__(self) -> None:
        self.is_full = False
        self.sent: dict[int, ContentHeader] = {}
        self.writes = 0
        self.publishing = Publishing(self, channel=CHANNEL, frame_max=4096)

    def write(self, data: bytes) -> None:
        self.writes += 1
        while data:
            size, _, frame = unmarshal(data)
            data = data[size:]
            if isinstance(frame, ContentHeader):
                self.sent[len(self.sent) + 1] = frame

    async def has(self, count: int) -> None:
        while len(self.sent) < count:  # noqa: ASYNC110  the loop's turns are what is waited for
            await asyncio.sleep(0)

    def answer(self, number: int, verdict: str, *, and_before: bool = False) -> None:
        if verdict == RETURN:
            self._return(number)
        method = Basic.Nack if verdict == NACK else Basic.Ack
        payload = marshal(method(number, and_before), CHANNEL)[7:-1]
        self.publishing.confirmed(payload, is_ack=verdict != NACK)

    def _return(self, number: int) -> None:
        back = Contents()
        back.begin(contents.returned(marshal(Basic.Return(312, "NO_ROUTE", "e", "k"), 1)[7:-1]))
        header = marshal(self.sent[number], CHANNEL)[7:-1]
        found = back.add(frames.HEADER, header) or back.add(frames.BODY, b"{}")
        assert isinstance(found, Returned)
        self.publishing.returned(found)


def told(outcome: Outcome) -> str:
    return outcome.cause if outcome else ACK


def same(names: Iterator[int], count: int) -> list[Message]:
    """Equal in all but a header that only the test looks at."""
    return [Message("e", "k", b"{}", {"name": next(names)}) for _ in range(count)]


VERDICTS = st.sampled_from([ACK, ACK, ACK, NACK, RETURN])


@given(
    st.lists(st.integers(1, 4) | st.just(150), min_size=1, max_size=5),
    st.randoms(use_true_random=False),
    st.data(),
)
async def test_every_message_gets_its_own_outcome(
    sizes: list[int], order: random.Random, data: st.DataObject
) -> None:
    broker, names = Broker(), iter(range(1000))
    groups = [same(names, size) for size in sizes]
    verdicts = {
        int(one.headers["name"]): data.draw(VERDICTS)
        if len(group) < 100
        else order.choice([ACK, NACK])
        for group in groups
        for one in group
    }
    publishing = [
        asyncio.ensure_future(broker.publishing.publish(group, deadline=60)) for group in groups
    ]
    open_: set[int] = set()
    answered = 0
    while answered < len(verdicts):
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        open_ |= broker.sent.keys() - set(range(1, answered + 1))
        for number in order.sample(sorted(open_), len(open_)):
            broker.answer(number, verdicts[name(broker.sent[number])])
        answered += len(open_)
        open_ = set()
    for group, outcomes in zip(groups, await asyncio.gather(*publishing), strict=True):
        assert [told(one) for one in outcomes] == [
            verdicts[int(one.headers["name"])] for one in group
        ]


def name(header: ContentHeader) -> int:
    return int(str((header.properties.headers or {})["name"]))


async def test_what_is_ready_in_one_turn_is_written_at_once() -> None:
    broker, names = Broker(), iter(range(100))
    publishing = [
        asyncio.ensure_future(broker.publishing.publish(same(names, 1), deadline=60))
        for _ in range(50)
    ]
    await broker.has(50)
    assert broker.writes == 1
    broker.answer(50, ACK, and_before=True)
    assert await asyncio.gather(*publishing) == [[None]] * 50


async def test_a_cancelled_publish_shifts_nothing() -> None:
    broker, names = Broker(), iter(range(100))
    first, second = (
        asyncio.ensure_future(broker.publishing.publish(same(names, 1), deadline=60))
        for _ in range(2)
    )
    await broker.has(2)
    first.cancel()
    await asyncio.wait({first})
    third = asyncio.ensure_future(broker.publishing.publish(same(names, 1), deadline=60))
    await broker.has(3)
    broker.answer(1, NACK)
    broker.answer(3, ACK)
    broker.answer(2, NACK)
    assert [told(*await second), told(*await third)] == [NACK, ACK]


async def test_one_that_is_given_up_before_it_is_written_is_never_written() -> None:
    broker, names = Broker(), iter(range(100))
    broker.is_full = True
    outcomes = await broker.publishing.publish(same(names, 3), deadline=0.01)
    assert {told(one) for one in outcomes} == {"timeout"}
    broker.is_full = False
    later = asyncio.ensure_future(broker.publishing.publish(same(names, 1), deadline=60))
    await broker.has(1)
    broker.answer(1, ACK)
    assert await later == [None]
    assert [name(one) for one in broker.sent.values()] == [3]


async def test_what_waits_for_a_full_connection_goes_when_it_takes_more() -> None:
    broker, names = Broker(), iter(range(100))
    broker.is_full = True
    waiting = asyncio.ensure_future(broker.publishing.publish(same(names, 3), deadline=60))
    for _ in range(5):
        await asyncio.sleep(0)
    assert not broker.sent
    broker.is_full = False
    broker.publishing.write()
    broker.answer(3, ACK, and_before=True)
    assert await waiting == [None] * 3


async def test_a_lost_channel_fails_what_is_unconfirmed_and_all_after_it() -> None:
    broker, names = Broker(), iter(range(1000))
    many = asyncio.ensure_future(broker.publishing.publish(same(names, 200), deadline=60))
    await broker.has(1)
    broker.answer(2, ACK)
    broker.publishing.lose("connection lost")
    causes = [told(one) for one in await many]
    assert causes == ["disconnected", ACK, *["disconnected"] * 198]
    assert await broker.publishing.publish(same(names, 1), deadline=60) == [
        ("disconnected", "connection lost")
    ]


async def test_what_amqp_cannot_carry_fails_alone() -> None:
    broker, names = Broker(), iter(range(1000))
    messages = same(names, 200)
    messages[::2] = [Message("e", "k", b"", {"n": 2**64})] * 100
    publishing = asyncio.ensure_future(broker.publishing.publish(messages, deadline=60))
    for count in (64, 100):
        await broker.has(count)
        broker.answer(count, ACK, and_before=True)
    assert [told(one) for one in await publishing] == ["unwritable", ACK] * 100


async def test_no_message_is_nothing_to_wait_for() -> None:
    assert await Broker().publishing.publish([], deadline=60) == []
