"""What the consumer hands out at once, and how much of it is settled."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.amqp.channel import Channel
from shared.amqp.contents import Delivery


@dataclass(slots=True)
class Batch:
    """Deliveries of one channel; `unsettled` of them wait for their acknowledgement."""

    channel: Channel
    deliveries: Sequence[Delivery]
    handed_out: float
    unsettled: int
