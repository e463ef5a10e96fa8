"""Noticing that a broker has fallen silent, in seconds, where heartbeats would take a minute.

A broker at work on a large queue answers a question beside it at once; a frozen one does not.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

from console.words.away import ANSWER
from shared.amqp.errors import BrokerAwayError, broker_errors

_BETWEEN: Final = 0.5
# A deadline in parts: after a process was stopped (Ctrl-Z) one of them is over, not all, and what
# has been answered meanwhile is read.
_PARTS: Final = 8

Ask = Callable[[], Awaitable[object]]


@asynccontextmanager
async def watched(ask: Ask, cut: Callable[[], None]) -> AsyncIterator[None]:
    """Cut the connection of a broker that does not answer `ask` any more within ANSWER.

    The block fails then, as with any connection that is lost; raises BrokerAwayError, which says
    why.
    """
    watch = asyncio.ensure_future(_watch(ask, cut))
    try:
        yield
    except BrokerAwayError:
        if watch.done() and not watch.cancelled():
            watch.result()
        raise
    finally:
        watch.cancel()
        await asyncio.wait({watch})
        if not watch.cancelled():
            watch.exception()


async def _watch(ask: Ask, cut: Callable[[], None]) -> None:
    while True:
        await asyncio.sleep(_BETWEEN)
        # Longer than what is waited for here: that says how long it was.
        answer = asyncio.ensure_future(broker_errors(ask(), 2 * ANSWER))
        try:
            for _ in range(_PARTS):
                await asyncio.wait({answer}, timeout=ANSWER / _PARTS)
                if answer.done():
                    break
            else:
                cut()
                raise BrokerAwayError(f"no answer within {ANSWER:g} s")
            answer.result()
        finally:
            answer.cancel()
