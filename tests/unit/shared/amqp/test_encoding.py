"""What is written is what pamqp reads."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pamqp.body import ContentBody
from pamqp.commands import Basic
from pamqp.frame import unmarshal
from pamqp.header import ContentHeader

from shared.amqp import encoding, frames
from shared.amqp.message import Message
from shared.amqp.properties import decode
from shared.message_size import LARGEST_MESSAGE

NAMES = st.text(min_size=1, max_size=60)
PLAIN = st.text() | st.integers(-(2**63), 2**63 - 1) | st.booleans() | st.none()
VALUES = PLAIN | st.lists(PLAIN, max_size=3) | st.dictionaries(st.text(max_size=9), PLAIN)


def read(data: bytes) -> list[Any]:
    found = []
    while data:
        size, channel, frame = unmarshal(data)
        assert channel == 3
        found.append(frame)
        data = data[size:]
    return found


def written(message: Message, number: int = 1, frame_max: int = 4096) -> bytes:
    encoded = encoding.encode(message, channel=3, frame_max=frame_max)
    return encoding.written(encoded, number, at=encoding.timestamp(1_700_000_000.5))


@given(
    st.dictionaries(NAMES, VALUES, max_size=8),
    st.binary(max_size=200),
    st.text(max_size=50),
    st.booleans(),
    st.integers(1, 2**40),
)
def test_pamqp_reads_what_was_meant(
    headers: dict[str, Any],
    body: bytes,
    routing_key: str,
    mandatory: bool,  # noqa: FBT001  a strategy's
    number: int,
) -> None:
    message = Message("registry.events", routing_key, body, headers, mandatory=mandatory)
    publish, header, *bodies = read(written(message, number, frame_max=40))
    assert isinstance(publish, Basic.Publish)
    assert isinstance(header, ContentHeader)
    assert (publish.exchange, publish.routing_key) == ("registry.events", routing_key)
    assert (publish.mandatory, publish.immediate) == (mandatory, False)
    assert header.body_size == len(body)
    properties = header.properties
    assert (properties.content_type, properties.delivery_mode) == ("application/json", 2)
    assert properties.headers == headers
    assert properties.timestamp == datetime.fromtimestamp(1_700_000_000, UTC)
    assert encoding.number_of(str(properties.message_id)) == number % 2**32
    assert all(isinstance(part, ContentBody) for part in bodies)
    assert b"".join(part.value for part in bodies) == body


@given(st.binary(min_size=1, max_size=300), st.integers(20, 60))
def test_no_frame_is_larger_than_the_broker_takes(body: bytes, frame_max: int) -> None:
    data = written(Message("e", "k", body), frame_max=frame_max)
    sizes = [end - start + frames.OVERHEAD for _, _, start, end in frames.cut(data)]
    assert max(sizes[2:]) <= frame_max
    assert sum(sizes) == len(data)


def test_two_publishes_of_one_message_have_two_ids() -> None:
    message = Message("e", "k", b"{}")
    ids = {decode(read_header(written(message, number))).message_id for number in (1, 1, 2)}
    assert len(ids) == 3
    assert all(len(one) == 32 for one in ids)


def read_header(data: bytes) -> bytes:
    _, _, start, end = list(frames.cut(data))[1]
    return data[start:end]


def test_a_lone_surrogate_becomes_an_escape() -> None:
    _, header = read(written(Message("e", "k", b"", {"na\udc80me": "\ud800"})))
    assert header.properties.headers == {"na\\udc80me": "\\ud800"}


@pytest.mark.parametrize(
    "headers",
    [{"x" * 256: "long"}, {"n": 2**63}, {"n": -(2**63) - 1}, {"n": object()}],
    ids=["name", "large number", "small number", "something else"],
)
def test_what_amqp_cannot_carry_is_an_error(headers: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"AMQP|bytes must be"):
        encoding.encode(Message("e", "k", b"", headers), channel=3, frame_max=4096)


def test_a_body_that_no_broker_takes_is_refused() -> None:
    largest = b"x" * LARGEST_MESSAGE
    assert largest in written(Message("", "q", largest), frame_max=2**26)
    with pytest.raises(ValueError, match="16,777,217 bytes are more"):
        written(Message("", "q", largest + b"x"))
