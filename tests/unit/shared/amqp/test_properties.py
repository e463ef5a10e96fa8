"""Decoded as pamqp does it, whatever is there."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pamqp.commands import Basic
from pamqp.frame import marshal
from pamqp.header import ContentHeader

from shared.amqp.properties import decode

SHORT = st.none() | st.text("ab\u00e9", max_size=40)
SIMPLE = st.text() | st.integers(-(2**63), 2**63 - 1)
OTHER = (
    st.booleans() | st.none() | st.floats(width=32, allow_nan=False) | st.lists(st.text(max_size=3))
)
TEXTS = (
    "content_type",
    "content_encoding",
    "correlation_id",
    "reply_to",
    "expiration",
    "message_id",
    "app_id",
)
NAMES = st.text("ab-", min_size=1, max_size=20)


def payload(**properties: Any) -> bytes:
    return marshal(ContentHeader(0, 5, Basic.Properties(**properties)), 1)[7:-1]


def by_pamqp(data: bytes) -> tuple[str, dict[str, Any], int]:
    header = ContentHeader()
    header.unmarshal(data)
    properties = header.properties
    published = properties.timestamp.timestamp() if properties.timestamp else 0
    return properties.message_id or "", properties.headers or {}, int(published)


@given(
    st.dictionaries(NAMES, SIMPLE) | st.dictionaries(NAMES, SIMPLE | OTHER),
    st.fixed_dictionaries(dict.fromkeys(TEXTS, SHORT)),
    st.none() | st.sampled_from([1, 2]),
    st.none() | st.integers(0, 9),
    st.none() | st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  by timezones
)
def test_as_pamqp_does(
    headers: dict[str, Any],
    texts: dict[str, str | None],
    mode: int | None,
    priority: int | None,
    at: datetime | None,
) -> None:
    data = payload(headers=headers, delivery_mode=mode, priority=priority, timestamp=at, **texts)
    assert decode(data) == by_pamqp(data)


@pytest.mark.parametrize(
    "headers",
    [
        {"x-death": [{"count": 1, "time": datetime(2026, 3, 1, tzinfo=UTC), "queue": "q"}]},
        {"raw": bytearray(b"\xff")},
        {},
    ],
)
def test_unusual_headers(headers: dict[str, Any]) -> None:
    data = payload(headers=headers, message_id="m")
    assert decode(data) == by_pamqp(data)


def test_a_text_that_is_none() -> None:
    data = payload(headers={"a": "x"}, message_id="m").replace(b"x", b"\xff")
    assert decode(data) == by_pamqp(data)
