"""Whatever the pieces in which bytes arrive: messages come whole, all else goes to aiormq."""

import asyncio
from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from pamqp.body import ContentBody
from pamqp.commands import Basic, Queue
from pamqp.frame import marshal
from pamqp.header import ContentHeader
from pamqp.heartbeat import Heartbeat

from shared.amqp import contents, frames
from shared.amqp.contents import Contents, Delivery
from shared.amqp.taps import Reader

FRAME = 16
HEARTBEAT = marshal(Heartbeat(), 0)
CHANNEL = 2


class Tap:
    """Takes deliveries; `batches` are those of one read each."""

    def __init__(self) -> None:
        self.contents = Contents()
        self.read: list[Delivery] = []
        self.batches: list[list[Delivery]] = []

    def take(self, kind: int, payload: bytes) -> bool:
        if kind == frames.METHOD:
            if not payload.startswith(frames.DELIVER):
                return False
            self.contents.begin(contents.delivery(payload))
        elif not self.contents.is_open:
            return False
        elif isinstance(found := self.contents.add(kind, payload), Delivery):
            self.read.append(found)
        return True

    def flush(self) -> None:
        if self.read:
            self.batches.append(self.read)
            self.read = []

    def resume(self) -> None: ...


def delivered(tag: int, body: bytes, channel: int = CHANNEL) -> bytes:
    properties = Basic.Properties(message_id=f"m{tag}", headers={"event-id": "é"})
    deliver = Basic.Deliver("look-1", tag, False, "registry.events.dead", "event.push")
    parts = [ContentBody(body[at : at + FRAME]) for at in range(0, len(body), FRAME)]
    start = marshal(deliver, channel) + marshal(ContentHeader(0, len(body), properties), channel)
    return start + b"".join(marshal(part, channel) for part in parts)


def answer(number: int) -> bytes:
    return marshal(Queue.DeclareOk("q", number, 0), CHANNEL) + marshal(Heartbeat(), 0)


def fed(data: bytes, cuts: list[int], *, tapped: bool = True) -> tuple[Tap, bytes]:
    async def feed() -> tuple[Tap, bytes]:
        tap = Tap()
        reader = Reader({CHANNEL: tap} if tapped else {})
        places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
        for start, end in pairwise(places):
            reader.feed_data(data[start:end])
        reader.feed_eof()
        reader.feed_eof()
        return tap, await reader.read()

    return asyncio.run(feed())


def flat(batches: Sequence[Sequence[Delivery]]) -> list[Delivery]:
    return [one for batch in batches for one in batch]


@given(st.lists(st.binary(max_size=50), max_size=5), st.lists(st.integers(0), max_size=8))
def test_any_pieces(bodies: list[bytes], cuts: list[int]) -> None:
    data = b"".join(answer(tag) + delivered(tag, body) for tag, body in enumerate(bodies))
    tap, others = fed(data, cuts)
    found = flat(tap.batches)
    assert [(one.tag, one.body) for one in found] == list(enumerate(bodies))
    for one in found:
        assert one.routing_key == "event.push"
        assert one.properties[:2] == (f"m{one.tag}", {"event-id": "é"})
    answers = b"".join(answer(tag) for tag in range(len(bodies)))
    assert others.replace(HEARTBEAT, b"") == answers.replace(HEARTBEAT, b"")


@given(st.lists(st.tuples(st.booleans(), st.binary(max_size=50)), max_size=6))
def test_another_channel_s_messages_go_on_whole(messages: list[tuple[bool, bytes]]) -> None:
    data = [delivered(7, body, CHANNEL if mine else CHANNEL + 1) for mine, body in messages]
    tap, others = fed(b"".join(data), [])
    mine = [body for is_mine, body in messages if is_mine]
    assert [one.body for one in flat(tap.batches)] == mine
    theirs = [data for (is_mine, _), data in zip(messages, data, strict=True) if not is_mine]
    assert others.replace(HEARTBEAT, b"") == b"".join(theirs)


@given(st.binary(max_size=50), st.lists(st.integers(0), max_size=8))
def test_untapped_all_goes_on(body: bytes, cuts: list[int]) -> None:
    data = answer(1) + delivered(1, body)
    tap, others = fed(data, cuts, tapped=False)
    assert (tap.batches, others) == ([], data)


def test_what_comes_with_one_read_is_handed_over_together() -> None:
    tap, _ = fed(b"".join(delivered(tag, b"{}") for tag in range(5)), [])
    assert [len(batch) for batch in tap.batches] == [5]


def test_another_protocol_is_not_held_back() -> None:
    tap, others = fed(b"AMQP\0\0\x09\x01", [3])
    assert (tap.batches, others) == ([], b"AMQP\0\0\x09\x01")
