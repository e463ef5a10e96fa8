"""Whatever the pieces in which bytes arrive: deliveries come whole, all else goes to aiormq."""

import asyncio
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from pamqp.body import ContentBody
from pamqp.commands import Basic, Queue
from pamqp.frame import marshal
from pamqp.header import ContentHeader
from pamqp.heartbeat import Heartbeat

from console.dead_letters.deliveries import Delivery, DeliveryReader
from console.dead_letters.properties import decode

FRAME = 16
HEARTBEAT = marshal(Heartbeat(), 0)


def delivery(tag: int, body: bytes) -> bytes:
    properties = Basic.Properties(message_id=f"m{tag}", headers={"event-id": "é"})
    deliver = Basic.Deliver("look-1", tag, False, "registry.events.dead", "event.push")
    parts = [ContentBody(body[at : at + FRAME]) for at in range(0, len(body), FRAME)]
    start = marshal(deliver, 2) + marshal(ContentHeader(0, len(body), properties), 2)
    return start + b"".join(marshal(part, 2) for part in parts)


def answer(number: int) -> bytes:
    return marshal(Queue.DeclareOk("q", number, 0), 2) + marshal(Heartbeat(), 0)


def fed(data: bytes, cuts: list[int], *, tapped: bool = True) -> tuple[list[Delivery], bytes]:
    async def feed() -> tuple[list[Delivery], bytes]:
        found: list[Delivery] = []
        reader = DeliveryReader()
        reader.on_delivery = found.append if tapped else None
        places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
        for start, end in pairwise(places):
            reader.feed_data(data[start:end])
        reader.feed_eof()
        return found, await reader.read()

    return asyncio.run(feed())


@given(st.lists(st.binary(max_size=50), max_size=5), st.lists(st.integers(0), max_size=8))
def test_any_pieces(bodies: list[bytes], cuts: list[int]) -> None:
    data = b"".join(answer(tag) + delivery(tag, body) for tag, body in enumerate(bodies))
    found, others = fed(data, cuts)
    assert [(one.tag, one.body) for one in found] == list(enumerate(bodies))
    for one in found:
        assert one.routing_key == "event.push"
        assert decode(one.header) == (f"m{one.tag}", {"event-id": "é"})
    answers = b"".join(answer(tag) for tag in range(len(bodies)))
    assert others.replace(HEARTBEAT, b"") == answers.replace(HEARTBEAT, b"")


@given(st.binary(max_size=50), st.lists(st.integers(0), max_size=8))
def test_untapped_all_goes_on(body: bytes, cuts: list[int]) -> None:
    data = answer(1) + delivery(1, body)
    assert fed(data, cuts, tapped=False) == ([], data)


def test_another_protocol_is_not_held_back() -> None:
    assert fed(b"AMQP\0\0\x09\x01", [3]) == ([], b"AMQP\0\0\x09\x01")
