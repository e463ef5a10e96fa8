"""One channel: aiormq opens, configures and closes it; its messages pass straight through here."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, Self, cast

from aio_pika.abc import AbstractChannel
from aiormq.channel import Channel as Underlay
from pamqp.common import FieldValue

from shared.amqp import contents, frames
from shared.amqp.contents import Contents, Delivery, Returned
from shared.amqp.errors import describe, ended_by
from shared.amqp.publishing import Publishing
from shared.amqp.wire import Wire

# Where a consumer begins, and as a header where in the stream its message is.
STREAM_OFFSET: Final = "x-stream-offset"

OnDeliveries = Callable[[Sequence[Delivery]], None]


class Channel:
    """`underlay` is aiormq's, for all but messages.

    Deliveries go to `on_deliveries`, those of one read together.
    """

    def __init__(self, underlay: Underlay, wire: Wire) -> None:
        self.underlay = underlay
        self.on_deliveries: OnDeliveries | None = None
        self.publishing = Publishing(
            self,
            channel=underlay.number,
            frame_max=underlay.connection.connection_tune.frame_max,
        )
        self._number = underlay.number
        self._wire = wire
        self._contents = Contents()
        self._delivered: list[Delivery] = []
        # A frame on a channel that is closed would cost the whole connection.
        self._is_open = True
        wire.taps[self._number] = self
        underlay.closing.add_done_callback(self._closed)

    @classmethod
    async def of(cls, outer: AbstractChannel, wire: Wire) -> Self:
        """Below aio-pika's channel."""
        return cls(cast("Underlay", await outer.get_underlay_channel()), wire)

    async def beside(self) -> Self:
        """Another one of the same connection, without confirms. Raises what aiormq raises."""
        underlay = await self.underlay.connection.channel(publisher_confirms=False)
        return type(self)(cast("Underlay", underlay), self._wire)

    @property
    def is_full(self) -> bool:
        return self._wire.is_full

    def write(self, data: bytes) -> None:
        if self._is_open:
            self._wire.write(data)

    def acknowledge(self, *tags: int, and_before: bool = False) -> bool:
        """Settle these deliveries, or all up to one; False if the channel is gone.

        Then they come again.
        """
        settled = [frames.ack(self._number, tag, and_before=and_before) for tag in tags]
        self.write(b"".join(settled))
        return self._is_open

    async def written(self) -> None:
        """Return when the kernel has all that was written."""
        await self._wire.written()

    async def consume(
        self,
        queue: str,
        *,
        tag: str = "",
        no_ack: bool = False,
        since: datetime | int | None = None,
    ) -> str:
        """Have `on_deliveries` called with what is in the queue; the consumer's tag.

        `since` is where to begin in a stream: a moment, or an offset. Raises what aiormq raises.
        """
        arguments: dict[str, FieldValue] = {} if since is None else {STREAM_OFFSET: since}
        consuming = await self.underlay.basic_consume(
            queue, _unused, no_ack=no_ack, consumer_tag=tag or None, arguments=arguments
        )
        return consuming.consumer_tag or ""

    async def close(self) -> None:
        """Nothing more is written. Raises what aiormq raises."""
        self._lose("the channel is closed")
        await self.underlay.close()

    def take(self, kind: int, payload: bytes) -> bool:
        if kind != frames.METHOD:
            return self._contents.is_open and self._add(kind, payload)
        match payload[:4]:
            case frames.DELIVER if self.on_deliveries:
                self._contents.begin(contents.delivery(payload))
            case frames.ACK:
                self.publishing.confirmed(payload, is_ack=True)
            case frames.NACK:
                self.publishing.confirmed(payload, is_ack=False)
            case frames.RETURN:
                self._contents.begin(contents.returned(payload))
            case frames.CHANNEL_CLOSE:
                self._is_open = False
                return False
            case _:
                return False
        return True

    def flush(self) -> None:
        if self._delivered and self.on_deliveries:
            delivered, self._delivered = self._delivered, []
            self.on_deliveries(delivered)

    def resume(self) -> None:
        self.publishing.write()

    def _add(self, kind: int, payload: bytes) -> bool:
        match self._contents.add(kind, payload):
            case Delivery() as delivery:
                self._delivered.append(delivery)
            case Returned() as returned:
                self.publishing.returned(returned)
        return True

    def _closed(self, closing: "asyncio.Future[object]") -> None:
        self._lose(describe(ended_by(closing)))

    def _lose(self, why: str) -> None:
        self._is_open = False
        if self._wire.taps.get(self._number) is self:
            del self._wire.taps[self._number]
        self.publishing.lose(why)


async def _unused(_: object) -> None:
    """For aiormq, which gets no delivery."""
