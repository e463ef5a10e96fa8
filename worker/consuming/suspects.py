"""Which deliveries are recorded together, when one of them may be what ends the process."""

import random
from collections.abc import Sequence
from typing import Final

from shared.amqp.contents import Delivery

# How often the broker has handed a message over before without hearing of it again.
DELIVERY_COUNT: Final = "x-delivery-count"
_WRITTEN: Final = DELIVERY_COUNT.encode()
_SUSPICIOUS: Final = 3


def are_suspects(batch: Sequence[Delivery]) -> bool:
    """Whether the batch came so often that one of its messages may kill who takes it."""
    return _highest_count(batch) >= _SUSPICIOUS


def one_by_one(batch: Sequence[Delivery]) -> list[Delivery]:
    """Each alone; from the front, from the back and in any order, by turns.

    Two turns settle all but the one that kills, whatever its place; the third is for those between
    two of them. Thus the others do not come near the delivery limit, at which the broker would
    take them for the culprit.
    """
    match _highest_count(batch) % 3:
        case 0:
            return list(batch)
        case 1:
            return list(reversed(batch))
        case _:
            return random.sample(batch, len(batch))


def _highest_count(batch: Sequence[Delivery]) -> int:
    # Those that came before are few, and headers are slow to read.
    again = [delivery for delivery in batch if _WRITTEN in delivery.header]
    counts = (delivery.properties.headers.get(DELIVERY_COUNT) for delivery in again)
    return max((count for count in counts if isinstance(count, int)), default=0)
