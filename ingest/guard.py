"""Refusing at once what a broker that does not confirm would let time out."""

import asyncio
from collections.abc import Sequence
from typing import Final

from shared.amqp.breaker import Breaker, State
from shared.amqp.message import Message
from shared.amqp.publisher import PROBE, Publisher, PublishFailedError
from shared.logs import get_logger

FAULT: Final = "connected, but not confirming"
_PROBE_PAUSE: Final = 0.25
_PROBE_DEADLINE: Final = 1.0


class GuardedPublisher:
    """Publisher that passes one message at a time to a broker that stopped confirming.

    `run` asks the broker meanwhile, since a service that is not ready gets no traffic to try with.
    """

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._breaker = Breaker()
        self._opened = asyncio.Event()
        self._is_confirming = True

    @property
    def fault(self) -> str:
        return FAULT if self._breaker.state is State.OPEN else ""

    async def publish(self, messages: Sequence[Message], *, deadline: float) -> None:
        if not self._breaker.admit():
            raise PublishFailedError("not_confirming", FAULT, messages)
        settled = self._breaker.unknown
        try:
            await self._publisher.publish(messages, deadline=deadline)
            # Nothing was asked of the broker when there is no message.
            settled = self._breaker.confirmed if messages else settled
        except PublishFailedError as error:
            # One that confirms a part of many messages is only slow.
            if error.cause == "timeout" and len(error.unconfirmed) == len(messages):
                settled = self._breaker.timed_out
            raise
        finally:
            settled()
            self._note()

    async def run(self) -> None:
        """Probe a broker that stopped confirming, for ever."""
        while True:
            await self._opened.wait()
            await asyncio.sleep(_PROBE_PAUSE)
            await self._probe()

    async def _probe(self) -> None:
        try:
            await self._publisher.publish([PROBE], deadline=_PROBE_DEADLINE)
        except PublishFailedError:
            return
        self._breaker.answers()
        self._note()

    def _note(self) -> None:
        state = self._breaker.state
        if state is State.OPEN:
            self._opened.set()
        else:
            self._opened.clear()
        # That it answers is no news: a queue that is silent may be so for a minute.
        is_confirming = state is State.CLOSED
        if is_confirming == self._is_confirming:
            return
        self._is_confirming = is_confirming
        if is_confirming:
            get_logger().info("broker.confirms_again")
        else:
            get_logger().warning("broker.stopped_confirming")
