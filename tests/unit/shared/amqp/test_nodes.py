"""Which node of several is tried when, for how long, and what is said when none answers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from yarl import URL

from shared.amqp.errors import BrokerAwayError
from shared.amqp.nodes import Nodes, first

THREE = "amqp://user:s3cret@a:1,b:2,[::1]/v"


class Broker:
    """Nodes of which `away` do not answer."""

    def __init__(self, **away: str) -> None:
        self._away = away
        self.tried: list[str] = []
        self.patience = 0.0

    @asynccontextmanager
    async def open(self, url: URL, seconds: float) -> AsyncIterator[str]:
        host = url.host or ""
        self.tried.append(host)
        self.patience = seconds
        if fault := self._away.get(host if host.isalpha() else "number"):
            raise BrokerAwayError(fault)
        yield host


async def test_the_next_one_is_tried_until_one_answers() -> None:
    broker = Broker(a="refused", number="refused")
    async with first(Nodes(THREE), broker.open, seconds=5) as opened:
        assert opened == "b"
    assert broker.tried[-1] == "b"


async def test_who_connects_again_begins_with_another_one() -> None:
    broker, nodes = Broker(), Nodes(THREE)
    for _ in range(6):
        async with first(nodes, broker.open, seconds=5):
            pass
    assert len(set(broker.tried[:3])) == 3
    assert broker.tried[:3] == broker.tried[3:]


async def test_they_share_the_time_and_have_a_second_each() -> None:
    broker = Broker()
    async with first(Nodes(THREE), broker.open, seconds=6):
        assert broker.patience == 2
    async with first(Nodes(THREE), broker.open, seconds=2):
        assert broker.patience == 1
    async with first(Nodes("amqp://a"), broker.open, seconds=0.5):
        assert broker.patience == 0.5


async def test_when_none_answers_each_is_named_and_no_password() -> None:
    broker = Broker(a="refused", b="no answer", number="refused")
    with pytest.raises(BrokerAwayError) as caught:
        async with first(Nodes(THREE), broker.open, seconds=5):
            pass
    assert str(caught.value) == (
        "the broker is reached at none of its hosts "
        "([::1]:5672: refused; a:1: refused; b:2: no answer)"
    )


async def test_what_all_say_is_said_once() -> None:
    broker = Broker(a="wrong password", b="wrong password", number="wrong password")
    with pytest.raises(BrokerAwayError, match=r"^wrong password$"):
        async with first(Nodes(THREE), broker.open, seconds=5):
            pass


def test_each_address_gets_the_query() -> None:
    assert {url.query["heartbeat"] for url in Nodes(THREE, heartbeat=3).in_turn()} == {"3"}


async def test_an_error_of_the_block_is_none_of_the_node() -> None:
    broker = Broker()
    with pytest.raises(BrokerAwayError, match="later"):
        async with first(Nodes(THREE), broker.open, seconds=5):
            raise BrokerAwayError("later")
    assert len(broker.tried) == 1
