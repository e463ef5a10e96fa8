"""How an operation that did not come to its end stands in the audit trail."""

import asyncio

import pytest

from console.dead_letters.operations.audit import Operation, Result, Trail, written_down
from shared.amqp.errors import BrokerAwayError

WORK = Operation("discard", "alice@host", "--all", matched=3)


class Written(Trail):
    """A trail that keeps its last result."""

    async def finish(self, operation: Operation, result: Result) -> None:
        await super().finish(operation, result)
        self.result = result.text


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (BrokerAwayError("connection lost"), "stopped: connection lost"),
        (TimeoutError(), "stopped: no answer in time"),
        (asyncio.CancelledError(), "stopped: interrupted"),
    ],
)
async def test_why_it_stopped_is_said_in_words(error: BaseException, text: str) -> None:
    trail = Written(None)
    with pytest.raises(type(error)):
        async with written_down(trail, WORK):
            raise error
    assert trail.result == text
