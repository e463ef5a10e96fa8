"""Publishing on one channel: what is ready in one turn of the loop is written at once."""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Final, Protocol

from shared.amqp import encoding, frames
from shared.amqp.confirms import Confirms
from shared.amqp.contents import Returned
from shared.amqp.message import Message
from shared.amqp.sending import REFUSED, Failure, Outcome, Sending, end

# Bytes written before it is asked whether the connection takes more.
_PIECE: Final = 256 * 1024


class Writer(Protocol):
    """The way to the broker; `is_full` while it takes no more."""

    @property
    def is_full(self) -> bool: ...

    def write(self, data: bytes) -> None: ...


class Publishing:
    """Numbers what it writes, and finds by number what the broker answers."""

    def __init__(self, writer: Writer, *, channel: int, frame_max: int) -> None:
        self._writer = writer
        self._encode = partial(encoding.encode, channel=channel, frame_max=frame_max)
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[Sending] = deque()
        self._confirms: Confirms[tuple[Sending, int]] = Confirms()
        self._is_due = False
        self._lost: Failure | None = None

    async def publish(self, messages: Sequence[Message], *, deadline: float) -> list[Outcome]:
        """What has become of each message when all are settled, or after `deadline` seconds.

        Cancelled, it forgets them; what is written already arrives all the same.
        """
        if self._lost or not messages:
            return [self._lost] * len(messages)
        sending = Sending(messages, self._loop.create_future())
        self._write_soon(sending)
        giving_up = self._loop.call_later(deadline, end, sending.ended)
        try:
            await sending.ended
        finally:
            giving_up.cancel()
            self._forget(sending)
        if sending.missing:
            sending.fail(Failure("timeout", f"no confirm within {deadline:.3g} s"))
        return sending.outcomes

    def write(self) -> None:
        """Write what waits, as far as the connection takes it."""
        self._is_due = False
        while self._waiting and not self._writer.is_full:
            parts: list[bytes] = []
            size, at = 0, encoding.timestamp(time.time())
            while self._waiting and size < _PIECE:
                sending = self._waiting.popleft()
                for _ in range(sending.room):
                    parts.append(self._next(sending, at))
                    size += len(parts[-1])
                    if size > _PIECE:
                        break
                if sending.room:
                    self._waiting.appendleft(sending)
            self._writer.write(b"".join(parts))

    def confirmed(self, payload: bytes, *, is_ack: bool) -> None:
        """The broker's ack or nack."""
        number, and_before = frames.settled(payload)
        for sending, place in self._confirms.settle(number, and_before=and_before):
            sending.settle(place, None if is_ack else REFUSED)
            if sending.is_half_through and sending.room:
                self._write_soon(sending)

    def returned(self, message: Returned) -> None:
        """No queue takes it; the ack that follows does not say so."""
        number = encoding.number_of(message.properties.message_id)
        if number is not None and (found := self._confirms.find(number)):
            sending, place = found
            sending.outcomes[place] = Failure("returned", message.why)

    def lose(self, why: str) -> None:
        """The channel is gone: what is not confirmed will not be."""
        self._lost = Failure("disconnected", why)
        on_their_way = [sending for sending, _ in self._confirms.drain()]
        for sending in (*on_their_way, *self._waiting):
            sending.fail(self._lost)
        self._waiting.clear()

    def _forget(self, sending: Sending) -> None:
        """Nobody waits for it: of what is on its way the bodies need not be kept."""
        if sending.written < len(sending.messages):
            with suppress(ValueError):
                self._waiting.remove(sending)
        sending.messages, sending.written = (), 0

    def _next(self, sending: Sending, at: bytes) -> bytes:
        place = sending.written
        sending.written += 1
        sending.in_flight += 1
        try:
            encoded = self._encode(sending.messages[place])
        except ValueError as error:
            sending.settle(place, Failure("unwritable", str(error)))
            return b""
        number = self._confirms.next_number
        self._confirms.add((sending, place))
        return encoding.written(encoded, number, at=at)

    def _write_soon(self, sending: Sending) -> None:
        self._waiting.append(sending)
        if not self._is_due:
            self._is_due = True
            self._loop.call_soon(self.write)
